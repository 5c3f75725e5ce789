import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {freshSchema, noSinglePostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {startPostgres} from '../../../test/postgres/start-postgres.ts';
import {statementsRun} from '../../../test/postgres/statements-run.ts';
import type {Store, Write} from '../store.ts';
import {Pace} from './pace.ts';
import {openPostgresStore} from './postgres-store.ts';

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

const refusal = ([value]: (Buffer | undefined)[]) => ({result: value?.toString(), writes: []});

/** Names of the statements that `work` runs, those that commit by one name. */
async function statementsOf(t: TestContext, work: () => Promise<unknown>): Promise<string[]> {
  const names = await statementsRun(t, work);
  return names.map(name => (name === 'put-single' ? 'commit' : name));
}

describe('what a node recalls of its own commits', {skip: noSinglePostgres()}, () => {
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

  test('takes part only where all that a commit reads is recalled: otherwise one reading answers a refusal', async t => {
    const [store] = await nodes(t, 1);
    const refuse = (...keys: string[]) => statementsOf(t, async () => store!.commit(keys.map(bytes), refusal));
    await increment(store!, 'n');
    assert.deepEqual(await refuse('n', 'cold'), ['read-versions']);
    assert.deepEqual(await refuse('n'), ['commit']);
  });

  /** `a` recalls what it left in `k`, which `b` changes then. */
  const changed = async (t: TestContext, before: readonly Write[], after: readonly Write[]) => {
    const [a, b] = await nodes(t, 2);
    const write = (of: Store, writes: readonly Write[]) => of.commit([bytes('k')], () => ({result: 0, writes}));
    await write(a!, [put('k', 'first')]);
    await write(a!, before);
    await write(b!, after);
    return a!;
  };
  const gone: Write = {kind: 'delete', key: bytes('k')};
  const read = ['commit', 'read-versions'];

  test('is decided again where another node changed it, took it away, or put it there', async t => {
    for (const [before, after] of [
      [put('k', '1'), put('k', '2')],
      [put('k', '1'), gone],
      [gone, put('k', '2')],
    ] as const) {
      const a = await changed(t, [before], [after]);
      const seen: (string | undefined)[] = [];
      const statements = await statementsOf(t, async () =>
        a.commit([bytes('k')], ([value]) => {
          seen.push(value?.toString());
          return {result: 0, writes: [put('k', '3')]};
        }),
      );
      const text = (write: Write) => (write.kind === 'put' ? write.value.toString() : undefined);
      assert.deepEqual(seen, [text(before), text(after)]);
      assert.deepEqual(statements, [...read, 'commit']);
    }
  });

  test('answers nobody with what no longer is: neither a refusal nor what a decision throws', async t => {
    const refused = await changed(t, [put('k', '1')], [put('k', '2')]);
    const answers = await statementsOf(t, async () => assert.equal(await refused.commit([bytes('k')], refusal), '2'));
    assert.deepEqual(answers, read);
    const thrown = await changed(t, [put('k', '1')], [put('k', '2')]);
    const fail = ([value]: (Buffer | undefined)[]) => {
      throw new Error(`${value}`);
    };
    const throws = await statementsOf(t, () =>
      assert.rejects(async () => thrown.commit([bytes('k')], fail), {message: '2'}),
    );
    assert.deepEqual(throws, read);
  });

  test('is of no use once the server was started anew', async t => {
    const own = await startPostgres();
    t.after(() => own.remove());
    const store = await openPostgresStore({url: own.url, partitionBytesOf: () => 1});
    t.after(() => store.close());
    await increment(store, 'n');
    assert.deepEqual(await statementsOf(t, async () => increment(store, 'n')), ['commit']);
    await own.stop('fast');
    await own.start();
    const again = await statementsOf(t, async () => assert.equal(await increment(store, 'n'), 3));
    assert.deepEqual(again.slice(-2), ['read-versions', 'commit']);
  });

  test('lets requests wait for those under way only as long as there are any', async t => {
    const started = t.mock.method(Pace.prototype, 'started');
    const ended = t.mock.method(Pace.prototype, 'ended');
    const [store] = await nodes(t, 1);
    await Promise.all(Array.from({length: 200}, async (_, at) => increment(store!, `${at % 150}`)));
    await Promise.all(Array.from({length: 100}, async (_, at) => store!.commit([bytes(`${at}`)], refusal)));
    await Promise.allSettled(Array.from({length: 50}, async () => store!.read([bytes('1')])));
    // The answers come before the groups have ended.
    await store!.close();
    const sum = (of: typeof started | typeof ended) =>
      of.mock.calls.reduce((sum, call) => sum + (call.arguments[0] as number), 0);
    assert.ok(sum(started) >= 350);
    assert.equal(sum(ended), sum(started));
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
