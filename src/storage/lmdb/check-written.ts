import assert from 'node:assert/strict';
import type {ScanPage, Store} from '../store.ts';

/** For what `writer-process.ts` writes, of which it returns the names. Everything acknowledged is there; every commit is there with all its parts or with none. */
export function checkWritten(store: Store, acknowledged: ReadonlySet<string>): string[] {
  const scan = (start: string, end: string) =>
    store.scan(
      {start: Buffer.from(start), end: Buffer.from(end)},
      {reverse: false, entriesMax: 1e9, bytesMax: 1e9},
    ) as ScanPage;
  const left = scan('left/', 'left0');
  const right = scan('right/', 'right0');
  const log = scan('log', 'loh');
  const names = left.keys.map(key => key.toString().slice('left/'.length));
  const there = new Set(names);
  for (const name of acknowledged) assert.ok(there.has(name), `acknowledged ${name} is there`);
  assert.deepEqual(
    right.keys.map(key => key.toString().slice('right/'.length)),
    names,
  );
  assert.ok(left.values.every((value, i) => value.toString().startsWith(names[i]!)));
  assert.deepEqual(log.values.map(String).sort(), names);
  assert.ok(
    log.keys.every((key, i) => key.readBigUInt64BE('log'.length) === BigInt(i)),
    'the log has no gap',
  );
  const [total] = store.read([Buffer.from('total')]) as Buffer[];
  assert.equal(Number(total ?? 0), names.length);
  assert.deepEqual(
    right.values.map(Number).sort((a, b) => a - b),
    names.map((_, i) => i + 1),
  );
  const length = names.reduce((sum, name) => sum + name.length, 0);
  assert.deepEqual(store.counters([Buffer.from('count')]), [names.length === 0 ? [] : [names.length, length]]);
  return names;
}
