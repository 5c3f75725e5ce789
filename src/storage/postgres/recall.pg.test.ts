import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {freshSchema, noPostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import type {Store, Write} from '../store.ts';
import {openPostgresStore} from './postgres-store.ts';
import {Session} from './session.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const put = (key: string, value: string): Write => ({kind: 'put', key: bytes(key), value: bytes(value)});

async function nodes(t: TestContext, count: number): Promise<Store[]> {
  const {url} = await sharedPostgres();
  const schema = freshSchema();
  const opened: Store[] = [];
  for (let node = 0; node < count; node++) {
    const store = await openPostgresStore({url, schema, partitionBytesOf: () => 1});
    t.after(() => store.close());
    opened.push(store);
  }
  return opened;
}

/** Adds one to the number that a key holds. */
const increment = (store: Store, key: string) =>
  store.commit([bytes(key)], ([value]) => {
    const sum = Number(value?.toString() ?? '0') + 1;
    return {result: sum, writes: [put(key, `${sum}`)]};
  });

/** Names of the statements that `work` runs. */
async function statementsOf(t: TestContext, work: () => Promise<unknown>): Promise<string[]> {
  const run = t.mock.method(Session.prototype, 'run');
  await work();
  run.mock.restore();
  return run.mock.calls.map(call => call.arguments[0].name);
}

describe('what a node recalls of its own commits', {skip: noPostgres()}, () => {
  test('is not read again: such a commit, or its refusal, takes one round trip', async t => {
    const [store] = await nodes(t, 1);
    assert.deepEqual(await statementsOf(t, async () => increment(store!, 'n')), ['read-versions', 'commit']);
    assert.deepEqual(await statementsOf(t, async () => increment(store!, 'n')), ['commit']);
    const refuse = async () =>
      assert.equal(await store!.commit([bytes('n')], ([value]) => ({result: value!.toString(), writes: []})), '2');
    assert.deepEqual(await statementsOf(t, refuse), ['commit']);
    await store!.commit([bytes('n')], () => ({result: 0, writes: [{kind: 'delete', key: bytes('n')}]}));
    assert.deepEqual(await statementsOf(t, async () => increment(store!, 'n')), ['commit']);
    assert.deepEqual(await store!.read([bytes('n')]), [bytes('1')]);
  });

  test('is decided again where another node changed it, took it away, or put it there', async t => {
    const [a, b] = await nodes(t, 2);
    for (let round = 0; round < 20; round++) {
      assert.equal(await increment(a!, 'n'), 2 * round + 1);
      assert.equal(await increment(b!, 'n'), 2 * round + 2);
      await a!.commit([bytes('x')], () => ({result: 0, writes: [put('x', 'a')]}));
      await b!.commit([bytes('x')], () => ({result: 0, writes: [{kind: 'delete', key: bytes('x')}]}));
      const isThere = (of: Store) => of.commit([bytes('x')], ([value]) => ({result: value !== undefined, writes: []}));
      assert.equal(await isThere(a!), false);
      await b!.commit([bytes('x')], () => ({result: 0, writes: [put('x', 'b')]}));
      assert.equal(await isThere(a!), true);
    }
  });

  test('answers nobody with what no longer is: neither a refusal nor what a decision throws', async t => {
    const [a, b] = await nodes(t, 2);
    const must = (of: Store, wanted: string) =>
      of.commit([bytes('k')], ([value]) => {
        if (value?.toString() !== wanted) throw new Error(`${value}`);
        return {result: value.toString(), writes: []};
      });
    for (let round = 0; round < 10; round++) {
      await a!.commit([], () => ({result: 0, writes: [put('k', `a${round}`)]}));
      await b!.commit([], () => ({result: 0, writes: [put('k', `b${round}`)]}));
      assert.equal(await must(a!, `b${round}`), `b${round}`);
      await assert.rejects(async () => must(a!, `a${round}`), {message: `b${round}`});
    }
  });

  test('makes nothing lost where many nodes write the same', async t => {
    const stores = await nodes(t, 3);
    const keys = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'];
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const expected = new Map(keys.map(key => [key, 0]));
    const work = stores.flatMap((store, node) =>
      Array.from({length: 8}, async () => {
        for (let i = 0; i < 60; i++) {
          // Mostly a node's own keys, so that much is recalled rightly, and now and then wrongly.
          const key = keys[random(8) === 0 ? random(8) : (node * 2 + random(2)) % 8]!;
          expected.set(key, expected.get(key)! + 1);
          await increment(store, key);
        }
      }),
    );
    await Promise.all(work);
    const found = await stores[0]!.read(keys.map(bytes));
    assert.deepEqual(
      found.map(value => Number(value)),
      keys.map(key => expected.get(key)),
    );
  });
});
