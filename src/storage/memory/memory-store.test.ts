import assert from 'node:assert/strict';
import {test} from 'node:test';
import {seededRandom} from '../../base/random.ts';
import {storeContract} from '../store-contract.ts';
import {memoryStore} from './memory-store.ts';

storeContract('memory', async () => memoryStore());
storeContract('memory that discards', async () => memoryStore({discard: {random: seededRandom(7), chance: 0.3}}));

const key = Buffer.from('k');

test('memory: reads and commits answer at once, without a promise', () => {
  const store = memoryStore();
  assert.equal(
    store.commit([key], () => ({result: 7, writes: [{kind: 'put', key, value: Buffer.from('v')}]})),
    7,
  );
  assert.deepEqual(store.read([key]), [Buffer.from('v')]);
});

test('memory: a discarded decision is asked for again and leaves nothing behind', () => {
  const store = memoryStore({discard: {random: seededRandom(1), chance: 1}});
  let calls = 0;
  store.commit([key], () => {
    calls++;
    return {result: 0, writes: [{kind: 'append', log: key, record: Buffer.from(`${calls}`)}]};
  });
  assert.equal(calls, 4);
  const page = store.scan({start: key, end: Buffer.from('l')}, {reverse: false, entriesMax: 10, bytesMax: 100}) as {
    values: Buffer[];
  };
  assert.deepEqual(page.values.map(String), ['4']);
});

test('memory: a decision that keeps the buffers it was handed is found out', () => {
  const store = memoryStore({discard: {random: seededRandom(1), chance: 0}});
  store.commit([], () => ({result: 0, writes: [{kind: 'put', key, value: Buffer.from('v')}]}));
  const kept = store.commit([key], ([value]) => ({result: value, writes: []}));
  assert.deepEqual(kept, Buffer.from([0xdb]));
});
