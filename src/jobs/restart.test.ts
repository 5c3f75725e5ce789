import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {ManualClock} from '../base/clock.ts';
import {seededRandom} from '../base/random.ts';
import {createEngine, type Engine} from '../engine/engine.ts';
import {backfillIndexes} from '../engine/indexes/backfill.ts';
import {mustFitItem} from '../engine/items/new-item.ts';
import {putItem} from '../engine/items/put-item.ts';
import {clearDropped} from '../engine/tables/clear-dropped.ts';
import {createTable} from '../engine/tables/create-table.ts';
import {deleteTable} from '../engine/tables/delete-table.ts';
import {describeTable} from '../engine/tables/describe-table.ts';
import {updateTable} from '../engine/tables/update-table.ts';
import type {IndexId} from '../keyspace/table-record.ts';
import {openLmdbStore} from '../storage/lmdb/lmdb-store.ts';

const key = {name: 'p', type: 'S'} as const;
const keySchema = {partition: [{name: 'g', type: 'S'} as const], sort: []};

async function fillTable(engine: Engine, name: string, items: number): Promise<void> {
  const region = 'us-east-1';
  await createTable(engine, {
    region,
    name,
    attributeDefinitions: [key],
    keySchema: {partition: [key], sort: []},
    indexes: [],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    tags: [],
  });
  const puts = Array.from({length: items}, (_, at) => {
    const item = mustFitItem({p: {S: `${at}`}, g: {S: 'group'}, filling: {S: 'x'.repeat(100)}});
    return putItem(engine, {table: {region, name}, item, returnOld: false, returnOldOnRefusal: false});
  });
  await Promise.all(puts);
}

test('a fill and a clearing that were under way go on after a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stator-restart-'));
  const open = async () => {
    const store = await openLmdbStore({directory, durability: 'relaxed'});
    return createEngine({store, clock: new ManualClock(), random: seededRandom(1)});
  };
  const kept = {region: 'us-east-1', name: 'kept'};
  const dropped = {region: 'us-east-1', name: 'dropped'};
  try {
    let engine = await open();
    await fillTable(engine, 'kept', 350);
    await fillTable(engine, 'dropped', 3_000);
    await updateTable(engine, kept, {
      indexChanges: [
        {
          kind: 'create',
          name: 'one',
          prepare: () => ({index: {kind: 'global', name: 'one', keySchema, projection: {kind: 'ALL'}}, keySchema}),
        },
      ],
    });
    await deleteTable(engine, dropped);
    assert.equal(await backfillIndexes(engine), true);
    assert.equal(await clearDropped(engine), true);
    await engine.store.close();

    engine = await open();
    const {record, totals} = await describeTable(engine, kept);
    assert.equal(record.indexes[0]!.status, 'CREATING');
    assert.equal(totals.get(1 as IndexId)!.items, 100);
    while (await backfillIndexes(engine));
    while (await clearDropped(engine));
    const after = await describeTable(engine, kept);
    assert.equal(after.record.indexes[0]!.status, 'ACTIVE');
    assert.equal(after.totals.get(1 as IndexId)!.items, 350);
    const everything = {reverse: false, entriesMax: 10_000, bytesMax: 1 << 30};
    const rest = await engine.store.scan({start: Buffer.from([0]), end: Buffer.from([255])}, everything);
    // The record of one table, the last id, and an item and an entry for each that was kept.
    assert.equal(rest.keys.length, 2 + 2 * 350);
    await engine.store.close();
  } finally {
    await rm(directory, {recursive: true});
  }
});
