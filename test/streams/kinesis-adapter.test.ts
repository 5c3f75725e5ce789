// The Kinesis Client Library with AWS's adapter for DynamoDB Streams, the real ones, with their leases in tables of the
// server whose stream they read.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {Shard} from '@aws-sdk/client-dynamodb-streams';
import {buildJava} from '../clients/build-java.ts';
import {root} from '../clients/start-server.ts';
import {type Call, connectTo, must} from '../harness/call.ts';
import {sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {changesSeen, type Event, journalProblems, shardsEnded} from './adapter-journal.ts';
import {adapterWorkers} from './adapter-workers.ts';
import {shardsOf, streamsClient} from './consumer.ts';

const TableName = 'followed';
const items = 20;
/** The lock that names a leader stays for two minutes after its death. */
const newLeaderMsMax = 360_000;

/** Counts up items until told to stop, and tells how far each came. */
async function countUp(
  call: Call,
  writer: number,
  writers: number,
  isDone: () => boolean,
): Promise<[string, number][]> {
  const counts = new Map<string, number>();
  const update = {UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
  for (let turn = 0; !isDone(); turn++) {
    const item = `item ${writer + writers * (turn % (items / writers))}`;
    await must(call, 'UpdateItem', {TableName, Key: {p: {S: item}}, ...update});
    counts.set(item, (counts.get(item) ?? 0) + 1);
    await sleep(10);
  }
  return [...counts];
}

const inMemory = () => ['--in-memory'];
const onDisk = (t: TestContext) => ['--data', temporaryDirectory(t)];
const skip = process.env.STATOR_TEST_LONG === '1' ? false : 'takes minutes: STATOR_TEST_LONG=1';

for (const {version, place, options, rollSeconds, skip: skipped} of [
  {version: 1, place: 'memory', options: inMemory, rollSeconds: 3, skip: false},
  {version: 1, place: 'LMDB', options: onDisk, rollSeconds: 3, skip},
  // With version 3 of the Kinesis Client Library below it, where everything takes longer.
  {version: 2, place: 'LMDB', options: onDisk, rollSeconds: 10, skip},
])
  test(`workers of version ${version} of AWS's adapter share a stream and take over from each other (${place})`, {
    skip: skipped,
  }, async t => {
    const project = join(root, 'test/streams/kinesis-adapter');
    const built = await buildJava(project, `kinesis-adapter-${version}`, ['-P', `adapter-${version}`]);
    if ('missing' in built) return t.skip(built.missing);
    const {endpoint} = await startServer(t, [...options(t), '--stream-roll', `${rollSeconds}`]);
    const {call, close} = connectTo(endpoint);
    t.after(close);
    const {TableDescription} = await must(call, 'CreateTable', {
      TableName,
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
      ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1},
      StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
    });
    const streamArn: string = TableDescription.LatestStreamArn;
    const {classpath} = built;
    const workers = adapterWorkers(t, {program: `Worker${version}`, classpath, endpoint, streamArn});

    let writing = true;
    t.after(() => {
      writing = false;
    });
    const writers = Array.from({length: 4}, (_, writer) => countUp(call, writer, 4, () => !writing));
    // Whoever comes to an empty table of leases waits for up to half a minute, so that only one fills it: two wait less.
    workers.start('first');
    workers.start('second');
    // A table that is to take more writes has more shards: each open one is split when it rolls.
    const ProvisionedThroughput = {ReadCapacityUnits: 1, WriteCapacityUnits: 4_000};
    await must(call, 'UpdateTable', {TableName, ProvisionedThroughput});
    await workers.until('a worker begins', events => events.some(({kind}) => kind === 'start'));
    await workers.until('both workers have shards', events =>
      ['first', 'second'].every(name => recordsOf(events, name) >= 20 && endsOf(events, name) >= 1),
    );
    if (version === 2) {
      // Of which one leads, so that a leader is among those who are killed.
      workers.start('third');
      await workers.until('a third worker gets shards of its own', events => recordsOf(events, 'third') >= 20);
      await workers.kill('second', newLeaderMsMax);
    }
    await workers.kill('first', newLeaderMsMax);
    writing = false;
    const written = new Map((await Promise.all(writers)).flat());
    const client = streamsClient(endpoint);
    const closed = (await shardsOf(client, streamArn)).filter(isClosed);
    await workers.until('every change is seen', events => {
      const seen = changesSeen(events);
      return [...written].every(([item, count]) => seen.get(item) === count);
    });
    await workers.until('every closed shard is read to its end', events => {
      const ended = shardsEnded(events);
      return closed.every(shard => ended.has(shard.ShardId!));
    });
    const events = workers.read();
    const shards = await shardsOf(client, streamArn);
    assert.deepEqual(journalProblems(events, shards), []);
    assert.deepEqual(events.filter(isTrouble), []);
    const children = (shard: Shard) => shards.filter(({ParentShardId}) => ParentShardId === shard.ShardId).length;
    assert.ok(
      closed.some(shard => children(shard) === 2),
      'a shard was split',
    );
    assert.ok(events.some(isTakenOver), 'a shard was taken over amid its records');
    const changes = [...written.values()].reduce((sum, count) => sum + count);
    const count = (isSo: (event: Event) => boolean) => events.filter(isSo).length;
    t.diagnostic(
      `${changes} changes in ${count(({kind}) => kind === 'record')} records, ${shardsEnded(events).size} shards read to ` +
        `their end, ${count(({kind}) => kind === 'lost')} leases lost, ${count(isTakenOver)} taken over amid a shard`,
    );
  });

const isClosed = (shard: Shard) => shard.SequenceNumberRange!.EndingSequenceNumber !== undefined;

const ofWorker = (kind: string) => (events: readonly Event[], worker: string) =>
  events.filter(event => event.kind === kind && event.worker === worker).length;
const recordsOf = ofWorker('record');
const endsOf = ofWorker('end');

/** Begins at a checkpoint, not where the shard does. */
const isTakenOver = ({kind, fields}: Event) => kind === 'start' && /^\d+$/.test(fields[1]!);

/**
 * The server may refuse what two workers want at once, and tables that are looked for before they are made. Nothing else,
 * and the libraries may log no other exception.
 */
function isTrouble({kind, fields}: Event): boolean {
  if (kind === 'refused') {
    const [operation, code, message] = fields as [string, string, string];
    if (operation === 'UpdateTable') return !indexThere.test(message);
    const allowed = {DescribeTable: 'ResourceNotFoundException', CreateTable: 'ResourceInUseException'}[operation];
    return code !== (allowed ?? 'ConditionalCheckFailedException');
  }
  const thrown = fields.at(-1)!;
  // Of a lease that was lost meanwhile.
  if (kind === 'uncheckpointed') return !thrown.includes('ShutdownException');
  if (kind !== 'log' || thrown === 'null' || indexThere.test(thrown)) return false;
  return !thrown.includes('credential profiles file not found');
}

/** Two workers look for an index of the leases before either has made it. The second one tries again. */
const indexThere = /Index is being created|index which already exists/;
