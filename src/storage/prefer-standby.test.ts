import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../base/clock.ts';
import {memoryStore} from './memory/memory-store.ts';
import {preferStandby} from './prefer-standby.ts';

const key = Buffer.from('k');

test('reads come from the standby; from the store while it fails, and to the end of a request that it failed', async () => {
  const clock = new ManualClock();
  const [store, copy] = [memoryStore(), memoryStore()];
  for (const [where, text] of [
    [store, 'store'],
    [copy, 'standby'],
  ] as const) {
    await where.commit([], () => ({result: 0, writes: [{kind: 'put', key, value: Buffer.from(text)}]}));
  }
  let fails = false;
  const standby = {
    read: (keys: readonly Buffer[]) => (fails ? Promise.reject(new Error('gone')) : copy.read(keys)),
    scan: copy.scan,
  };
  const readerOf = preferStandby(standby, store, clock);
  const read = async (reader = readerOf()) => String((await reader.read([key]))[0]);
  const early = readerOf();
  assert.equal(await read(), 'standby');
  fails = true;
  assert.equal(await read(early), 'store');
  fails = false;
  assert.equal(await read(early), 'store');
  assert.equal(await read(), 'store');
  clock.advance(6_000);
  assert.equal(await read(), 'standby');
});
