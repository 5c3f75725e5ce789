import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine} from '../engine.ts';
import {createTable} from './create-table.ts';
import {deleteTable} from './delete-table.ts';
import {listTables} from './list-tables.ts';

const key = {name: 'p', type: 'S'} as const;

test('a region is listed page by page, in order, without what is gone', async () => {
  const engine = createEngine({store: memoryStore(), clock: new ManualClock(), random: seededRandom(1)});
  const create = (region: string, name: string) =>
    createTable(engine, {
      region,
      name,
      attributeDefinitions: [key],
      keySchema: {partition: [key], sort: []},
      indexes: [],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtection: false,
      tags: [],
    });
  for (const name of ['b.b', 'abc', 'B_b', 'abc-', 'abcd']) await create('us-east-1', name);
  await create('us-east-2', 'elsewhere');
  await create('us-east', 'before');
  const list = (after: string, limit: number) => listTables(engine, 'us-east-1', after, limit);
  assert.deepEqual(await list('', 100), {names: ['B_b', 'abc', 'abc-', 'abcd', 'b.b'], more: false});
  assert.deepEqual(await list('', 2), {names: ['B_b', 'abc'], more: true});
  assert.deepEqual(await list('abc', 2), {names: ['abc-', 'abcd'], more: true});
  // The name need not exist.
  assert.deepEqual(await list('abcc', 2), {names: ['abcd', 'b.b'], more: false});
  assert.deepEqual(await list('zzz', 2), {names: [], more: false});

  engine.lifecycle.tableDeletingMs = 1_000;
  await deleteTable(engine, {region: 'us-east-1', name: 'abcd'});
  assert.deepEqual(await list('abc-', 2), {names: ['abcd', 'b.b'], more: false});
  (engine.clock as ManualClock).advance(1_000);
  assert.deepEqual(await list('abc-', 1), {names: ['b.b'], more: false});
});
