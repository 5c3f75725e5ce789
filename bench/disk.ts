import {closeSync, fdatasyncSync, openSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';

const measureMs = 300;

/** How many appends of 4 KB, each flushed to disk, this folder's disk does a second: the ground under durable writes. */
export function flushesPerSecond(dir: string): number {
  const path = join(dir, 'flush-probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096, 1);
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < measureMs) {
    writeSync(file, page);
    fdatasyncSync(file);
    count++;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  closeSync(file);
  rmSync(path);
  return Math.round(count / seconds);
}
