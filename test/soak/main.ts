/** `npm run soak -- --minutes M`: a mixed load with faults for a long time; ends with 1 when something is not as it should be. */
import {judgeRun} from './judge-run.ts';
import {parseOptions, type SoakOptions, usage} from './options.ts';
import {writeReport} from './report.ts';
import {runSoak} from './run-soak.ts';

function mustParse(): SoakOptions {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const options = mustParse();
const cleaning: (() => unknown)[] = [];
process.once('exit', () => {
  for (const clean of cleaning.reverse()) clean();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const after = (clean?: unknown) => void cleaning.push(clean as () => unknown);
const record = await runSoak({after}, options, line => console.log(line));
const findings = judgeRun(record);
for (const {name, found, limit, isGood} of findings)
  console.log(`${isGood ? 'good    ' : 'NOT GOOD'} ${name}: ${found} (${limit})`);
const isGood = findings.every(finding => finding.isGood);
console.log(`${isGood ? 'all good' : 'NOT good'}; the report is ${writeReport(record, findings)}`);
process.exit(isGood ? 0 : 1);
