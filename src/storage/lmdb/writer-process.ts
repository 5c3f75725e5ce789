/**
 * A process that the tests start, beside others and to be killed: commits on a directory as fast as it can, and prints the
 * name of each commit once it is acknowledged.
 *
 *     node writer-process.js <directory> <durability> <name> <how many commits>
 */
import {writeSync} from 'node:fs';
import type {Write} from '../store.ts';
import {openLmdbStore} from './lmdb-store.ts';

const [directory, durability, writer, commits] = process.argv.slice(2);
const store = await openLmdbStore({directory: directory!, durability: durability as 'commit' | 'relaxed'});
const lanes = 16;
const total = Buffer.from('total');
let next = 0;

async function lane(): Promise<void> {
  while (next < Number(commits)) {
    const name = `${writer}.${next++}`;
    await store.commit([total], ([before]) => {
      const count = Buffer.from(String(Number(before ?? '0') + 1));
      const writes: Write[] = [
        {kind: 'put', key: Buffer.from(`left/${name}`), value: Buffer.alloc(next % 50 === 0 ? 20_000 : 200, name)},
        {kind: 'put', key: Buffer.from(`right/${name}`), value: count},
        {kind: 'put', key: total, value: count},
        {kind: 'append', log: Buffer.from('log'), record: Buffer.from(name)},
        {kind: 'add', counter: Buffer.from('count'), amounts: [1, name.length]},
      ];
      return {result: undefined, writes};
    });
    // Synchronous: what was printed is out, even if this process dies in the next instruction.
    writeSync(1, `${name}\n`);
  }
}

await Promise.all(Array.from({length: lanes}, lane));
await store.close();
