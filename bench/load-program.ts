// The load generator's process, on a core of its own: takes jobs from the benchmark over IPC, answers each with what came
// out. Requests are built here, once for each scenario and size, and shared by all servers.
import {fillTable} from './fill.ts';
import {runLoad} from './load.ts';
import type {LoadJob, LoadReply} from './load-process.ts';
import {scenarioRequests, scenarios} from './scenarios.ts';

const reply = (message: LoadReply) => process.send!(message);
let pool: {key: string; requests: Buffer[]} | undefined;

async function run(job: LoadJob): Promise<LoadReply> {
  if (job.kind === 'fill') {
    await fillTable(job.port, job.items, job.secondsMax, share => reply({kind: 'progress', share}));
    return {kind: 'filled'};
  }
  const scenario = scenarios.find(({name}) => name === job.scenario)!;
  const key = `${job.scenario} ${job.items} ${job.prepared}`;
  if (pool?.key !== key) pool = {key, requests: scenarioRequests(scenario, job.items, job.prepared)};
  const {bodyBytesMin} = scenario;
  return {kind: 'measured', result: await runLoad({...job, requests: pool.requests, bodyBytesMin})};
}

process.on('message', (job: LoadJob) => {
  run(job).then(reply, error =>
    reply({kind: 'failed', problem: error instanceof Error ? error.message : String(error)}),
  );
});
process.on('disconnect', () => process.exit(0));
