import {decodeFeedRecord, feedRange} from '../keyspace/follow-note.ts';
import type {CopyableStore, RawEntry} from '../storage/copyable-store.ts';
import {encodeNumbers} from '../storage/numbers-bytes.ts';
import type {Key, KeyRange} from '../storage/store.ts';
import {reconcile} from './reconcile.ts';

const recordsMax = 500;
/** At 400 KB each. */
const keysMax = 100;
const recordPageBytes = 4_000_000;
const positionBytes = 8;

/**
 * Takes some of what commits said that they touched, brings it to the target as it is now, and forgets it. What is touched
 * again meanwhile is told of again. Answers how many commits that were: 0 when nothing is left.
 */
export async function applyFeed(source: CopyableStore, target: CopyableStore): Promise<number> {
  const page = await source.scan(feedRange, {reverse: false, entriesMax: recordsMax, bytesMax: 1_000_000});
  if (page.keys.length === 0) return 0;
  const entries = new Set<string>();
  const counters = new Set<string>();
  const logs = new Set<string>();
  const cleared = new Map<string, {start: string; end: string}>();
  for (const record of page.values.map(decodeFeedRecord)) {
    for (const key of record.entries ?? []) entries.add(key);
    for (const key of record.counters ?? []) counters.add(key);
    for (const key of record.logs ?? []) logs.add(key);
    if (record.cleared) cleared.set(`${record.cleared.start} ${record.cleared.end}`, record.cleared);
  }
  // Before what was written later.
  for (const {start, end} of cleared.values()) await reconcile(source, target, {start: keyOf(start), end: keyOf(end)});
  for (const log of logs) await copyLog(source, target, keyOf(log));
  for (const keys of chunks([...entries].map(keyOf))) {
    const values = await source.read(keys);
    await target.restore(keys.map((key, at): RawEntry => ({area: 'entry', key, value: values[at]})));
  }
  for (const keys of chunks([...counters].map(keyOf))) {
    const sums = await source.counters(keys);
    await target.restore(keys.map((key, at) => ({area: 'counter', key, value: sumsBytes(sums[at]!)})));
  }
  await source.commit([], () => ({result: undefined, writes: page.keys.map(key => ({kind: 'delete', key}))}));
  return page.keys.length;
}

/** Records behind the last one that the target has, and where the log goes on. */
async function copyLog(source: CopyableStore, target: CopyableStore, log: Key): Promise<void> {
  const last = await lastRecord(target, log);
  const range: KeyRange = {start: log, end: Buffer.concat([log, Buffer.alloc(positionBytes + 1, 0xff)])};
  if (last) range.start = Buffer.concat([last, Buffer.of(0)]);
  for (let more = true; more; ) {
    const page = await source.scan(range, {reverse: false, entriesMax: 5_000, bytesMax: recordPageBytes});
    const records = page.keys
      .map((key, at): RawEntry => ({area: 'entry', key, value: page.values[at]}))
      .filter(({key}) => key.length === log.length + positionBytes);
    await target.restore(records);
    more = page.more;
    if (more) range.start = Buffer.concat([page.keys.at(-1)!, Buffer.of(0)]);
  }
  const only = {start: log, end: Buffer.concat([log, Buffer.of(0)])};
  const {values} = await source.scanArea('log', only, {entriesMax: 1, bytesMax: 1});
  await target.restore([{area: 'log', key: log, value: values[0]}]);
}

async function lastRecord(store: CopyableStore, log: Key): Promise<Key | undefined> {
  const range: KeyRange = {start: log, end: Buffer.concat([log, Buffer.alloc(positionBytes + 1, 0xff)])};
  for (let more = true; more; ) {
    const page = await store.scan(range, {reverse: true, entriesMax: 10, bytesMax: recordPageBytes});
    const found = page.keys.find(key => key.length === log.length + positionBytes);
    if (found) return found;
    more = page.more;
    if (more) range.end = page.keys.at(-1)!;
  }
  return undefined;
}

function* chunks(keys: Key[]): Generator<Key[]> {
  for (let at = 0; at < keys.length; at += keysMax) yield keys.slice(at, at + keysMax);
}

const keyOf = (text: string) => Buffer.from(text, 'base64');
const sumsBytes = (sums: readonly number[]) => (sums.length === 0 ? undefined : encodeNumbers(sums));
