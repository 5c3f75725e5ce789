import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {clientEnvironment} from '../clients/run-client.ts';
import {sleep, temporaryDirectory} from '../harness/server-process.ts';
import {type Event, parseJournal, shardsEnded, shardsHeld} from './adapter-journal.ts';

/** For each step, on a machine that is busy with other tests. */
const stepMsMax = 120_000;

interface Worker {
  child: ChildProcess;
  output: {text: string};
}

export interface Workers {
  start(name: string): void;
  /** What all of them saw so far. */
  read(): Event[];
  /** Waits until what they saw has come so far. */
  until(what: string, isSo: (events: readonly Event[]) => boolean, msMax?: number): Promise<void>;
  /** Kills one amid a shard, and waits until what it held was read to the end by others. */
  kill(name: string, msMax?: number): Promise<void>;
}

/** Workers of the Kinesis Client Library, each a process of `program`, that share one stream. They go with the test. */
export function adapterWorkers(
  t: TestContext,
  {program, classpath, endpoint, streamArn}: Record<'program' | 'classpath' | 'endpoint' | 'streamArn', string>,
): Workers {
  const journal = join(temporaryDirectory(t), 'journal');
  writeFileSync(journal, '');
  const workers = new Map<string, Worker>();
  const read = () => parseJournal(readFileSync(journal, 'utf8'));
  const until: Workers['until'] = async (what, isSo, msMax = stepMsMax) => {
    const startedMs = performance.now();
    while (!isSo(read())) {
      if (performance.now() > startedMs + msMax)
        assert.fail(
          `not in time: ${what}\n${[...workers.values()].map(({output}) => output.text.slice(-10_000)).join('\n')}`,
        );
      await sleep(100);
    }
    t.diagnostic(`${what}: ${Math.round(performance.now() - startedMs)} ms`);
  };
  return {
    read,
    until,
    start(name) {
      // Short runs start faster with the first compiler alone.
      const flags = ['-XX:TieredStopAtLevel=1', '-cp', classpath];
      workers.set(name, startWorker(t, [...flags, program, endpoint, streamArn, 'followers', name, journal]));
    },
    async kill(name, msMax) {
      const {child} = workers.get(name)!;
      await until(`the ${name} worker is amid a shard`, () => {
        // Held still while it is looked at.
        child.kill('SIGSTOP');
        if ([...shardsHeld(read(), name).values()].some(({checkpointed}) => checkpointed)) return child.kill('SIGKILL');
        child.kill('SIGCONT');
        return false;
      });
      const left = [...shardsHeld(read(), name).keys()];
      const allEnded = (events: readonly Event[]) => left.every(shard => shardsEnded(events).has(shard));
      await until(`others go on where the ${name} worker was killed`, allEnded, msMax);
    },
  };
}

function startWorker(t: TestContext, args: readonly string[]): Worker {
  // Its standard input stays open as long as this process lives; without it, it ends by itself.
  const child = spawn('java', args, {env: clientEnvironment({}), stdio: 'pipe'});
  const output = {text: ''};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output.text += text;
    });
  }
  t.after(() => child.kill('SIGKILL'));
  return {child, output};
}
