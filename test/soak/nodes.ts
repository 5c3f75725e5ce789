import assert from 'node:assert/strict';
import type {Random} from '../../src/base/random.ts';
import {childrenOf, type Owner, type ServingProcess, sleep, startServer} from '../harness/server-process.ts';
import {cutConnections} from './cut-connections.ts';
import type {Fault} from './system.ts';

/** One or more servers that come back on the port that they had. */
export interface Nodes {
  servers: ServingProcess[];
  endpoints: string[];
  processes(): {name: string; pid: number}[];
  /** What may happen to them, whatever their store. Restarts only where data outlives a process. */
  faults: Fault[];
  stop(): Promise<void>;
  complaints(): string[];
}

export interface NodesOptions {
  count: number;
  args: string[];
  workers: number;
  isDurable: boolean;
  random: Random;
  pauseMs: number;
  cuts: number;
}

export async function startNodes(owner: Owner, options: NodesOptions): Promise<Nodes> {
  const {count, args, workers, isDurable, random, pauseMs, cuts} = options;
  const start = (port: string) => startServer(owner, [...args, '--workers', String(workers), '--port', port]);
  const servers: ServingProcess[] = [];
  const outputs: {stderr: string}[] = [];
  for (let at = 0; at < count; at++) servers.push(await start('0'));
  for (const {output} of servers) outputs.push(output);
  const endpoints = servers.map(({endpoint}) => endpoint);
  const one = () => Math.floor(random.fraction() * servers.length);

  async function restart(at: number): Promise<void> {
    servers[at] = await start(new URL(endpoints[at]!).port);
    outputs.push(servers[at]!.output);
  }
  const serving = ({pid}: ServingProcess) => (workers > 1 ? childrenOf(pid) : [pid]);
  const who = count > 1 ? 'a node' : 'the server';

  const faults: Fault[] = [
    {
      name: workers > 1 ? 'a worker is paused' : `${who} is paused`,
      isRestart: false,
      isNoticed: false,
      async bring() {
        const [pid] = serving(servers[one()]!);
        process.kill(pid!, 'SIGSTOP');
        await sleep(pauseMs);
        process.kill(pid!, 'SIGCONT');
      },
    },
    {
      name: 'clients cut connections',
      isRestart: false,
      isNoticed: false,
      bring: () => cutConnections(endpoints, random, cuts),
    },
  ];
  if (isDurable) {
    faults.push(
      {
        name: `kill -9 of ${who}`,
        isRestart: true,
        isNoticed: true,
        async bring() {
          const at = one();
          await servers[at]!.killAll();
          await restart(at);
        },
      },
      {
        name: `${who} is restarted`,
        isRestart: true,
        isNoticed: true,
        async bring() {
          const at = one();
          servers[at]!.child.kill('SIGTERM');
          assert.equal((await servers[at]!.ended).code, 0, 'a clean stop');
          await restart(at);
        },
      },
    );
    if (workers > 1)
      faults.push({
        name: 'kill -9 of a worker',
        isRestart: true,
        isNoticed: true,
        async bring() {
          const {pid} = servers[one()]!;
          const before = childrenOf(pid);
          process.kill(before[0]!, 'SIGKILL');
          for (let tries = 0; tries < 1_000; tries++) {
            await sleep(20);
            const now = childrenOf(pid);
            if (now.length === workers && !now.includes(before[0]!)) return;
          }
          throw new Error('no worker took the place of the one that was killed');
        },
      });
  }

  return {
    servers,
    endpoints,
    processes: () =>
      servers.flatMap((server, at) => {
        const node = count > 1 ? `node ${at + 1}` : 'server';
        if (workers === 1) return [{name: node, pid: server.pid}];
        try {
          return serving(server).map((pid, worker) => ({
            name: `${count > 1 ? `${node}, ` : ''}worker ${worker + 1}`,
            pid,
          }));
        } catch {
          return [];
        }
      }),
    faults,
    async stop() {
      for (const {child, ended, output} of servers) {
        child.kill('SIGTERM');
        assert.equal((await ended).code, 0, `a clean stop: ${output.stderr.slice(-500)}`);
      }
    },
    complaints: () =>
      outputs
        .flatMap(({stderr}) => stderr.split('\n'))
        .filter(line => line.includes('a request failed through a fault of ours')),
  };
}
