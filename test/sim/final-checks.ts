import {streamArn} from '../../src/engine/streams/stream-arn.ts';
import {changeTime} from '../../src/keyspace/change-record.ts';
import {collectionBytesKey, partitionHash, rangesOf} from '../../src/keyspace/item-key.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import type {TableId} from '../../src/keyspace/table-record.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {itemSize} from '../../src/model/item-size.ts';
import type {ScanPage} from '../../src/storage/store.ts';
import {canonical} from '../harness/check-table.ts';
import {perform, readPages, readStream} from './client.ts';
import {
  entryOf,
  indexesAt,
  isExpired,
  keyText,
  type ModelStream,
  type ModelTable,
  statusAt,
  streamName,
} from './model.ts';
import {region} from './oracle.ts';
import type {PageOp, Program} from './program.ts';
import type {World} from './world.ts';

const name = 'checker';
/** How often a stream is read again whose table changed meanwhile. */
const streamReadsMax = 20;
const everything = {reverse: false, entriesMax: 1e9, bytesMax: 1e12};

/** Once all clients are done and the jobs had time: the relations that hold of any database, however it got there. */
export async function checkWhatIsLeft(world: World, program: Program): Promise<void> {
  // Every state of a table is over by then, and no job has been kept waiting.
  for (let times = 0; times < 12; times++) await world.sleepUntil(name, world.nowMs() + 1_000);
  for (const table of world.model.tables.values()) {
    if (statusAt(table, world.nowMs()) === 'ACTIVE') await checkTable(world, program, table);
  }
  for (const stream of world.model.streams.values()) await checkStream(world, program, stream);
  await checkLists(world);
  checkLeftovers(world);
  await checkForgetting(world, program);
}

/** Tables and streams that are listed are those that there are. */
async function checkLists(world: World): Promise<void> {
  const listed = await world.send(name, 0, {op: 'free'}, {operation: 'ListTables', input: {}});
  const tables = [...world.model.tables.values()].filter(table => statusAt(table, world.nowMs()) !== undefined);
  const names = tables.map(table => table.name).sort();
  if (listed === 'lost' || listed.body.TableNames.join() !== names.join()) world.fail(`listed tables are not ${names}`);
  const streams = await world.send(name, 0, {op: 'free'}, {operation: 'ListStreams', input: {}}, 'streams');
  if (streams === 'lost') return world.fail('streams are not listed');
  const arns = new Set<string>(streams.body.Streams.map(({StreamArn}: {StreamArn: string}) => StreamArn));
  for (const {table, createdMs, endedMs} of world.model.streams.values()) {
    const arn = streamArn({region, table, createdMs}, '000000000000');
    if (endedMs === undefined && !arns.has(arn)) world.fail(`stream ${arn} is not listed`);
  }
}

/** What is kept for a time only is gone after it: tokens, records, streams that have ended. */
async function checkForgetting(world: World, program: Program): Promise<void> {
  const {retentionMs} = program.streams;
  const slackMs = 5 * 60_000;
  await world.sleepUntil(name, world.nowMs() + Math.max(retentionMs, 40 * 60_000) + 60_000);
  for (let times = 0; times < 8; times++) await world.sleepUntil(name, world.nowMs() + slackMs / 8);
  const stored = (space: number) => scanSpace(world, space);
  if (stored(keySpace.requestToken).keys.length > 0) world.fail('request tokens are left whose time is over');
  const old = stored(keySpace.changeRecord).values.find(
    record => changeTime(record) + retentionMs + 2 * slackMs < world.nowMs(),
  );
  if (old) world.fail('records of streams are left whose time is over');
  const live = [...world.model.streams.values()].filter(({endedMs}) => endedMs === undefined);
  const kept = stored(keySpace.stream).keys.length;
  if (kept !== live.length) world.fail(`${kept} streams are left, of which ${live.length} have not ended`);
}

async function checkTable(world: World, program: Program, table: ModelTable): Promise<void> {
  await perform(world, program, name, 0, {op: 'describe', table: table.name});
  const scan: PageOp = {op: 'scan', table: table.name};
  const whole = await readPages(world, name, 0, scan);
  if (!whole) return world.fail(`${table.name} can't be read`);
  const stored = texts(whole);
  // Time to live goes on deleting: of a table that changed meanwhile every single answer was right, and that is all.
  const fail = (problem: string) => {
    if (texts([...table.items.values()]).join() === stored.join()) world.fail(problem);
  };
  const paged = await readPages(world, name, 0, {...scan, limit: 3});
  if (!paged || paged.map(canonical).join() !== whole.map(canonical).join()) fail('pages joined are not the whole');
  const segments: Item[] = [];
  for (const number of [0, 1, 2]) {
    segments.push(...((await readPages(world, name, 0, {...scan, segment: {number, total: 3}})) ?? []));
  }
  if (texts(segments).join() !== stored.join()) fail('segments joined are not the whole');
  for (const index of indexesAt(table, world.nowMs())) {
    if (index.status !== 'ACTIVE') return fail(`index ${index.name} of ${table.name} stays ${index.status}`);
    const entries = await readPages(world, name, 0, {...scan, index: index.name, limit: 4});
    const expected = whole.map(item => entryOf(table.name, index, item)).filter(entry => entry !== undefined);
    if (!entries || texts(entries).join() !== texts(expected).join()) {
      fail(`index ${index.name} of ${table.name} is not the projection of its table`);
    }
  }
  checkCollections(world, table);
  const expired = whole.find(item => table.ttl?.on && isExpired(item.ttl, world.nowMs() - 5_000));
  if (expired) fail(`an expired item stays: ${canonical(expired)}`);
}

/** The size of an item collection is the sum of its items and of its entries in local indexes. */
function checkCollections(world: World, table: ModelTable): void {
  const local = table.indexes.filter(({kind}) => kind === 'local');
  if (local.length === 0) return;
  const sums = new Map<string, number>();
  for (const item of table.items.values()) {
    const entries = local.map(index => entryOf(table.name, index, item)).filter(entry => entry !== undefined);
    const partition = (item.p as {S: string}).S;
    sums.set(
      partition,
      [item, ...entries].reduce((sum, one) => sum + itemSize(one), sums.get(partition) ?? 0),
    );
  }
  for (const [partition, wanted] of sums) {
    const key = collectionBytesKey(table.id as TableId, partitionHash([{S: partition}]));
    const [found] = world.rawStore.counters([key]) as number[][];
    if (found?.[0] !== wanted) world.fail(`totals of collection ${partition}: ${found?.[0]} instead of ${wanted}`);
  }
}

const texts = (items: readonly Item[]) => items.map(canonical).sort();

/** Everything young enough can be read, and a log that is whole makes the table. */
async function checkStream(world: World, program: Program, stream: ModelStream): Promise<void> {
  const {retentionMs} = program.streams;
  if (stream.endedMs !== undefined && stream.endedMs + retentionMs <= world.nowMs() + 60_000) return;
  const arn = streamArn({region, table: stream.table, createdMs: stream.createdMs}, '000000000000');
  // A shard whose time is over may go between two looks at it, and time to live goes on deleting: its record may lie behind
  // what was read already. So it is read until nothing was deleted meanwhile.
  const itemsNow = () => world.model.tables.get(stream.table)?.items.size;
  let read: Awaited<ReturnType<typeof readStream>>;
  for (let tries = 0; !read && tries < streamReadsMax; tries++) {
    const itemsBefore = itemsNow();
    read = await readStream(world, program, name, 0, arn);
    if (itemsNow() !== itemsBefore) read = undefined;
  }
  if (!read) return world.fail(`stream ${arn} can't be read`);
  const table = world.model.tables.get(stream.table);
  const isCurrent =
    table?.id === stream.tableId && table.stream?.enabled && table.stream.createdMs === stream.createdMs;
  const isWhole = stream.complete && stream.createdMs + retentionMs > world.nowMs();
  if (!isCurrent || !isWhole) return;
  const replayed = new Map<string, Item>();
  for (const {eventName, dynamodb} of read.records) {
    const text = keyText(stream.table, dynamodb.Keys);
    if (eventName === 'REMOVE') replayed.delete(text);
    else replayed.set(text, dynamodb.NewImage ?? dynamodb.Keys);
  }
  const hasImages = stream.view === 'NEW_IMAGE' || stream.view === 'NEW_AND_OLD_IMAGES';
  const wanted = [...table.items].map(([text, item]) => (hasImages ? canonical(item) : text)).sort();
  const found = [...replayed].map(([text, item]) => (hasImages ? canonical(item) : text)).sort();
  if (wanted.join() !== found.join()) {
    world.fail(`the stream ${streamName(stream.table, stream.createdMs)} replayed onto nothing is not the table`);
  }
}

function scanSpace(world: World, space: number): ScanPage {
  const range = {start: Buffer.from([space]), end: Buffer.from([space + 1])};
  return world.rawStore.scan(range, everything) as ScanPage;
}

/** Nothing is stored of what is no more. */
function checkLeftovers(world: World): void {
  const stored = (space: number) => scanSpace(world, space).keys;
  for (const space of [keySpace.dropped, keySpace.backfill]) {
    if (stored(space).length > 0) world.fail(`notes of jobs are left in key space ${space}`);
  }
  const tables = [...world.model.tables.values()].filter(table => statusAt(table, world.nowMs()) !== undefined);
  const live = new Set(tables.map(({id}) => id));
  for (const space of [keySpace.item, keySpace.indexEntry, keySpace.expiry, keySpace.timeToLive]) {
    const stranger = stored(space).find(key => !live.has(key.readUInt32BE(1) as never));
    if (stranger) world.fail(`of a table that is gone something is left: ${stranger.toString('hex')}`);
  }
  for (const {id, items, ttl} of tables) {
    const [range] = rangesOf(id as never, 0);
    const {keys} = world.rawStore.scan(range!, everything) as {keys: Buffer[]};
    if (keys.length !== items.size) world.fail(`${keys.length} items are stored, not ${items.size}`);
    const expiring = stored(keySpace.expiry).filter(key => key.readUInt32BE(1) === id);
    if (!ttl?.on && expiring.length > 0) world.fail('times of expiry are left of a table without time to live');
  }
}
