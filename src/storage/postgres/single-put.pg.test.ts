import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {freshSchema, noSinglePostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {statementsRun} from '../../../test/postgres/statements-run.ts';
import type {Store, Write} from '../store.ts';
import {openPostgresStore} from './postgres-store.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const put = (key: string, value: string): Write => ({kind: 'put', key: bytes(key), value: bytes(value)});
const gone = (key: string): Write => ({kind: 'delete', key: bytes(key)});

async function nodes(t: TestContext): Promise<[Store, Store]> {
  const {url} = await sharedPostgres();
  const schema = freshSchema();
  const open = async () => {
    const store = await openPostgresStore({url, schema, partitionBytesOf: () => 1});
    t.after(() => store.close());
    return store;
  };
  return [await open(), await open()];
}

const texts = (values: (Buffer | undefined)[]) => values.map(value => value?.toString());

describe('a commit that puts one of a few keys that it read', {skip: noSinglePostgres()}, () => {
  test('has a statement of its own, and adds to one counter', async t => {
    const [store] = await nodes(t);
    const add = (amounts: number[]): Write => ({kind: 'add', counter: bytes('sum'), amounts});
    const commit = async (keys: string[], writes: Write[]) => {
      const run = async () => store.commit(keys.map(bytes), () => ({result: 0, writes}));
      return (await statementsRun(t, run)).filter(name => name !== 'read-versions');
    };
    for (const [keys, writes] of [
      [['a'], [put('a', 'new')]],
      [['a'], [put('a', 'replaced'), add([1, 10])]],
      [
        ['a', 'b', 'c'],
        [put('b', '\0\xff'), add([1, 20])],
      ],
      [
        ['b', 'a'],
        [put('a', ''), add([0, -5, 7])],
      ],
    ] as const) {
      assert.deepEqual(await commit([...keys], [...writes]), ['put-single']);
    }
    for (const [keys, writes] of [
      [['a'], [gone('c')]],
      [['a'], [put('d', 'not read')]],
      [
        ['a', 'b'],
        [put('a', '1'), put('b', '2')],
      ],
      [['a', 'b', 'c', 'd', 'e'], [put('a', '3')]],
      [['a'], [put('a', '4'), add([1]), {kind: 'add', counter: bytes('other'), amounts: [1]}]],
      [['a'], [put('a', '5'), {kind: 'append', log: bytes('log'), record: bytes('r')}]],
    ] as const) {
      assert.deepEqual(await commit([...keys], [...writes]), ['commit']);
    }
    assert.deepEqual(texts(await store.read(['a', 'b', 'c', 'd'].map(bytes))), ['5', '2', undefined, 'not read']);
    assert.deepEqual(await store.counters([bytes('sum'), bytes('other')]), [[3, 25, 7], [1]]);
  });

  /** `a` commits on what it recalls of `own` and `other`, which `b` changed meanwhile. */
  test('is decided again where another node changed any of them', async t => {
    for (const before of [[], [put('own', '1')], [put('other', '1')], [put('own', '1'), put('other', '1')]]) {
      for (const after of [put('own', '2'), put('other', '2'), gone('own'), gone('other')]) {
        const [a, b] = await nodes(t);
        const keys = [bytes('other'), bytes('own')];
        await a.commit(keys, () => ({result: 0, writes: before}));
        await b.commit(keys, () => ({result: 0, writes: [after]}));
        const seen = await a.commit(keys, values => ({
          result: texts(values),
          writes: [put('own', `after ${texts(values)}`), {kind: 'add', counter: bytes('sum'), amounts: [1]}],
        }));
        const now = await b.read(keys);
        const expected = new Map(
          [...before, after].map(write => [
            (write as {key: Buffer}).key.toString(),
            write.kind === 'put' ? write.value.toString() : undefined,
          ]),
        );
        const context = JSON.stringify([before, after]);
        assert.deepEqual(seen, [expected.get('other'), expected.get('own')], context);
        assert.deepEqual(texts(now), [expected.get('other'), `after ${seen}`], context);
        assert.deepEqual(await b.counters([bytes('sum')]), [[1]], context);
      }
    }
  });

  test('stands beside others that read what it puts, and put what it read', async t => {
    const [a, b] = await nodes(t);
    // Each raises its own flag only while the other's is down, so never both are up.
    const raise = (store: Store, own: string, other: string) =>
      store.commit([bytes(other), bytes(own)], ([theirs]) => {
        const isUp = theirs?.toString() !== 'up';
        return {result: isUp, writes: [put(own, isUp ? 'up' : 'down')]};
      });
    const lower = (store: Store, own: string) =>
      store.commit([bytes(own)], () => ({result: 0, writes: [put(own, 'down')]}));
    const names = await statementsRun(t, async () => {
      let raised = 0;
      const loop = async (store: Store, own: string, other: string) => {
        for (let round = 0; round < 60; round++) {
          if (await raise(store, own, other)) {
            raised++;
            assert.notDeepEqual(texts(await store.read([bytes('x'), bytes('y')])), ['up', 'up']);
          }
          await lower(store, own);
        }
      };
      await Promise.all([loop(a, 'x', 'y'), loop(b, 'y', 'x')]);
      assert(raised > 10);
    });
    assert(names.filter(name => name === 'put-single').length > 100);
  });
});
