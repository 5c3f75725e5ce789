/**
 * Reads all that a directory holds in every way that a store can, each in turn, and compares it with what was written. Prints
 * JSON: what differed, how much was refused, how much was not found. A process of its own, since LMDB may not survive damage.
 *
 *     node read-everything-program.js <directory> <file with a JSON list of [key, value] in hexadecimal>
 */
import {readFileSync, writeSync} from 'node:fs';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';
import type {KeyRange, ScanPage} from '../../src/storage/store.ts';

const [directory, written] = process.argv.slice(2);
const entries = (JSON.parse(readFileSync(written!, 'utf8')) as [string, string][]).map(pair =>
  pair.map(text => Buffer.from(text, 'hex')),
) as [Buffer, Buffer][];
const known = new Map(entries.map(([key, value]) => [key.toString('hex'), value]));
const found = {different: 0, refused: 0, missing: 0, endless: false, opened: false};

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    found.refused++;
  }
}

try {
  const store = await openLmdbStore({directory: directory!, durability: 'commit'});
  found.opened = true;
  for (const [key, value] of entries) {
    attempt(() => {
      const [got] = store.read([key]) as (Buffer | undefined)[];
      if (got === undefined) found.missing++;
      else if (!got.equals(value)) found.different++;
    });
  }
  for (const reverse of [false, true]) {
    attempt(() => {
      const range: KeyRange = {start: Buffer.from([0]), end: Buffer.from([0xff])};
      let count = 0;
      for (let pages = 0; ; pages++) {
        const page = store.scan(range, {reverse, entriesMax: 50, bytesMax: 1e6}) as ScanPage;
        page.keys.forEach((key, at) => {
          if (!known.get(key.toString('hex'))?.equals(page.values[at]!)) found.different++;
        });
        count += page.keys.length;
        if (!page.more) break;
        if (pages > 1_000) {
          found.endless = true;
          break;
        }
        if (reverse) range.end = page.keys.at(-1)!;
        else range.start = Buffer.concat([page.keys.at(-1)!, Buffer.of(0)]);
      }
      if (count < entries.length) found.missing++;
    });
  }
} catch {
  found.refused++;
}
writeSync(1, JSON.stringify(found));
process.exit(0);
