import {mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {rssMbOf} from './pinned-process.ts';
import {median, type StartUp} from './result.ts';
import {type BenchServer, startServer} from './servers/server.ts';

const idleMs = 2000;

/** Starts a server `times` times on an empty folder each; memory is read from the last one, after a quiet while. */
export async function measureStartUp(server: BenchServer, times: number, dataDir: string): Promise<StartUp> {
  const startMs: number[] = [];
  let idleRssMb = Number.NaN;
  for (let i = 0; i < times; i++) {
    const dir = join(dataDir, `start-${server.id}-${i}`);
    mkdirSync(dir, {recursive: true});
    const running = await startServer(server, dir);
    startMs.push(running.startMs);
    if (i === times - 1) {
      await new Promise(resolve => setTimeout(resolve, idleMs));
      idleRssMb = rssMbOf(running.pid);
    }
    await running.stop();
    rmSync(dir, {recursive: true, force: true});
  }
  return {server: server.id, firstAnswerMs: median(startMs), idleRssMb};
}
