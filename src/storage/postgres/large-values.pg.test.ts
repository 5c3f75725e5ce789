import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {freshSchema, noSinglePostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {systemClock} from '../../base/clock.ts';
import {systemRandom} from '../../base/random.ts';
import {type Connections, openConnections} from './connections.ts';
import {findPrimary} from './find-primary.ts';
import {gatherCommits} from './gather-commits.ts';
import {gatherReads} from './gather-reads.ts';
import {InFlight} from './in-flight.ts';
import {openPostgresStore} from './postgres-store.ts';
import {statementsOf} from './statements.ts';

const partitionBytesOf = () => 2;
const keys = Array.from({length: 60}, (_, i) => Buffer.from(`large value ${i}`));
const valueBytes = 400 << 10;
const contentOf = (version: number, i: number) => Buffer.alloc(valueBytes, `${version} of ${i}, `);
/** Bytes are read as text, two letters each; an answer may hold 8 MB of values, and the one that is too much. */
const answerMax = 2 * ((8 << 20) + valueBytes) + 10_000;
const requestMax = (8 << 20) + valueBytes + 100_000;

/** Real connections, whose largest answer and largest request are looked at. */
function watched(t: TestContext, url: string) {
  const connections = openConnections({
    primary: findPrimary(url, systemClock),
    onlyReads: false,
    applicationName: 'stator',
    connectionsMax: 6,
    statementMsMax: 10_000,
    clock: systemClock,
  });
  t.after(() => connections.close());
  const seen = {answer: 0, request: 0};
  const sum = (list: readonly (Buffer | string | number | null)[]) =>
    list.reduce<number>((all, one) => all + (one === null || typeof one === 'number' ? 8 : one.length), 0);
  const use: Connections['use'] = (untilMs, work) =>
    connections.use(untilMs, connection =>
      work({
        ...connection,
        async run(statement, parameters) {
          const rows = await connection.run(statement, parameters);
          seen.request = Math.max(seen.request, sum(parameters));
          seen.answer = Math.max(seen.answer, sum(rows.flat()));
          return rows;
        },
      }),
    );
  return {connections: {...connections, use}, seen};
}

describe('large values', {skip: noSinglePostgres()}, () => {
  test('what many callers read and write at once goes in pieces; one that asks for much gets it at one moment', async t => {
    const {url} = await sharedPostgres();
    const schema = freshSchema();
    await (await openPostgresStore({url, schema, partitionBytesOf})).close();
    const {connections, seen} = watched(t, url);
    const statements = statementsOf(schema);
    const shared = {
      connections,
      places: {partitionBytesOf, lockSeed: 1},
      inFlight: new InFlight(),
      clock: systemClock,
      patienceMs: 30_000,
    };
    const read = gatherReads({...shared, statement: statements.read, keysMax: 512});
    const commit = gatherCommits({...shared, statements, mayMixMoments: () => false, random: systemRandom});
    const write = (version: number) =>
      Promise.all(
        keys.map((key, i) =>
          commit([key], ([value]) => {
            if (version > 0) assert.ok(value?.equals(contentOf(version - 1, i)));
            return {result: i, writes: [{kind: 'put', key, value: contentOf(version, i)}]};
          }),
        ),
      );
    for (let version = 0; version < 3; version++) await write(version);
    const each = await Promise.all(keys.map(key => read([key])));
    each.forEach(([value], i) => {
      assert.ok(value?.equals(contentOf(2, i)));
    });
    assert.ok(seen.answer > 4 << 20 && seen.answer < answerMax, `${seen.answer}`);
    assert.ok(seen.request > 4 << 20 && seen.request < requestMax, `${seen.request}`);
    const [first, all, last] = await Promise.all([read(keys.slice(0, 1)), read(keys), read(keys.slice(-1))]);
    assert.ok(first![0] && last![0]);
    assert.ok(all.every((value, i) => value?.equals(contentOf(2, i))));
  });
});
