import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {temporaryDirectory} from '../harness/server-process.ts';
import {judgeRun} from './judge-run.ts';
import {parseOptions} from './options.ts';
import {writeReport} from './report.ts';
import {runSoak} from './run-soak.ts';

const notLinux = process.platform !== 'linux' && 'watches processes in /proc';

test('a short soak on LMDB, with a kill and a pause: nothing is wrong, and the report is written', {
  skip: notLinux,
}, async t => {
  const options = {
    ...parseOptions(['--minutes', '0.17', '--rate', '80', '--keys', '300', '--out', temporaryDirectory(t)]),
    sampleMs: 250,
    faultMs: 1_000,
    churnMs: 1_000,
    rollSeconds: 2,
    lifeSecondsMax: 3,
    pauseMs: 300,
    cuts: 40,
  };
  const record = await runSoak(t, options, line => t.diagnostic(line));
  const findings = judgeRun(record);
  // How fast it was is of no interest here, and neither is how late: others may use the machine.
  const bad = findings.filter(
    ({name, isGood}) => !isGood && !/^requests a second|late by|behind by|filled within/.test(name),
  );
  assert.deepEqual(bad, [], record.problems.join('\n'));
  assert.ok(record.faults.length >= 1);
  assert.ok(record.samples.length >= 8);
  for (const name of ['PutItem', 'TransactWriteItems', 'table made and dropped', 'stream record'])
    assert.ok(record.done[name]! > 0, name);
  const page = readFileSync(writeReport(record, findings), 'utf8');
  assert.match(page, /<svg/);
  assert.match(page, /Time to answer/);
});
