// The Kinesis Client Library with AWS's adapter for DynamoDB Streams, the real ones, with their leases in tables of the
// server whose stream they read.
import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {DescribeStreamCommand, type DynamoDBStreamsClient, type Shard} from '@aws-sdk/client-dynamodb-streams';
import {buildJava} from '../clients/build-java.ts';
import {clientEnvironment} from '../clients/run-client.ts';
import {root} from '../clients/start-server.ts';
import {type Call, connectTo, must} from '../harness/call.ts';
import {sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {changesSeen, type Event, journalProblems, parseJournal, shardsEnded, shardsHeld} from './adapter-journal.ts';
import {streamsClient} from './consumer.ts';

const TableName = 'followed';
const application = 'followers';
const items = 20;
/** For each step, on a machine that is busy with other tests. */
const stepMsMax = 120_000;

interface Worker {
  child: ChildProcess;
  output: {text: string};
}

function startWorker(t: TestContext, program: string, classpath: string, args: readonly string[]): Worker {
  const flags = ['-XX:TieredStopAtLevel=1', '-cp', classpath];
  // Its standard input stays open as long as this process lives; without it, it ends by itself.
  const child = spawn('java', [...flags, program, ...args], {env: clientEnvironment({}), stdio: 'pipe'});
  const output = {text: ''};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output.text += text;
    });
  }
  t.after(() => child.kill('SIGKILL'));
  return {child, output};
}

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

async function allShards(client: DynamoDBStreamsClient, StreamArn: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const input = {StreamArn, ...(ExclusiveStartShardId ? {ExclusiveStartShardId} : {})};
    const {StreamDescription: page} = await client.send(new DescribeStreamCommand(input));
    shards.push(...page!.Shards!);
    ExclusiveStartShardId = page!.LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

const isClosed = (shard: Shard) => shard.SequenceNumberRange!.EndingSequenceNumber !== undefined;

/** Version 3 of the Kinesis Client Library waits on purpose: up to half a minute at its start, two for a dead leader. */
const isLong = process.env.STATOR_TEST_LONG === '1';

for (const {version, place, options, rollSeconds, skip} of [
  {version: 1, place: 'memory', options: () => ['--in-memory'], rollSeconds: 3, skip: false},
  {
    version: 2,
    place: 'LMDB',
    options: (t: TestContext) => ['--data', temporaryDirectory(t)],
    rollSeconds: 10,
    skip: isLong ? false : 'takes minutes: STATOR_TEST_LONG=1',
  },
])
  test(`workers of version ${version} of AWS's adapter share a stream and take over from each other (${place})`, {
    skip,
  }, async t => {
    const project = join(root, 'test/streams/kinesis-adapter');
    const built = await buildJava(project, `kinesis-adapter-${version}`, ['-P', `adapter-${version}`]);
    if ('missing' in built) return t.skip(built.missing);
    const server = await startServer(t, [...options(t), '--stream-roll', `${rollSeconds}`]);
    const {call, close} = connectTo(server.endpoint);
    t.after(close);
    const {TableDescription} = await must(call, 'CreateTable', {
      TableName,
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
      ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1},
      StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
    });
    const streamArn: string = TableDescription.LatestStreamArn;
    const journal = join(temporaryDirectory(t), 'journal');
    writeFileSync(journal, '');
    const read = () => parseJournal(readFileSync(journal, 'utf8'));
    const workers = new Map<string, Worker>();
    const start = (name: string) => {
      const args = [server.endpoint, streamArn, application, name, journal];
      workers.set(name, startWorker(t, `Worker${version}`, built.classpath, args));
    };
    const until = async (what: string, isSo: (events: Event[]) => boolean, msMax = stepMsMax) => {
      const startedMs = performance.now();
      while (!isSo(read())) {
        if (performance.now() > startedMs + msMax)
          assert.fail(`not in time: ${what}\n${lastOutputs([...workers.values()])}`);
        await sleep(100);
      }
      t.diagnostic(`${what}: ${Math.round(performance.now() - startedMs)} ms`);
    };
    /** Kills a worker amid a shard, and waits until what it held was read to the end by others. */
    const kill = async (name: string, msMax?: number) => {
      const {child} = workers.get(name)!;
      await until(`the ${name} worker is amid a shard`, () => {
        // Held still while it is looked at.
        child.kill('SIGSTOP');
        if ([...shardsHeld(read(), name).values()].some(({checkpointed}) => checkpointed)) return child.kill('SIGKILL');
        child.kill('SIGCONT');
        return false;
      });
      const left = [...shardsHeld(read(), name).keys()];
      const allEnded = (events: readonly Event[]) => left.every(shard => shardsEnded(events).has(shard));
      await until(`others go on where the ${name} worker was killed`, allEnded, msMax);
    };

    let writing = true;
    t.after(() => {
      writing = false;
    });
    const writers = Array.from({length: 4}, (_, writer) => countUp(call, writer, 4, () => !writing));
    // Whoever comes to an empty table of leases waits for up to half a minute, so that only one fills it: two wait less.
    start('first');
    start('second');
    // A table that is to take more writes has more shards: each open one is split when it rolls.
    const ProvisionedThroughput = {ReadCapacityUnits: 1, WriteCapacityUnits: 4_000};
    await must(call, 'UpdateTable', {TableName, ProvisionedThroughput});
    await until('a worker begins', events => events.some(({kind}) => kind === 'start'));
    await until('both workers have shards', events =>
      ['first', 'second'].every(name => recordsOf(events, name) >= 20 && endsOf(events, name) >= 1),
    );
    if (version === 1) {
      await kill('first');
    } else {
      start('third');
      await until('a third worker gets shards of its own', events => recordsOf(events, 'third') >= 20);
      // One of them leads, and the lock that says so stays for two minutes.
      await kill('second', 3 * stepMsMax);
      await kill('first', 3 * stepMsMax);
    }
    writing = false;
    const written = new Map((await Promise.all(writers)).flat());
    const client = streamsClient(server.endpoint);
    const closed = (await allShards(client, streamArn)).filter(isClosed);
    await until('every change is seen', events => {
      const seen = changesSeen(events);
      return [...written].every(([item, count]) => seen.get(item) === count);
    });
    await until('every closed shard is read to its end', events => {
      const ended = shardsEnded(events);
      return closed.every(shard => ended.has(shard.ShardId!));
    });
    const events = read();
    const shards = await allShards(client, streamArn);
    assert.deepEqual(journalProblems(events, shards), []);
    assert.deepEqual(events.filter(isTrouble), []);
    const children = (shard: Shard) => shards.filter(({ParentShardId}) => ParentShardId === shard.ShardId).length;
    assert.ok(
      closed.some(shard => children(shard) === 2),
      'a shard was split',
    );
    const count = (isSo: (event: Event) => boolean) => events.filter(isSo).length;
    assert.ok(count(isTakenOver) > 0, 'a shard was taken over amid its records');
    const changes = [...written.values()].reduce((sum, changes) => sum + changes);
    t.diagnostic(
      `${changes} changes in ${count(({kind}) => kind === 'record')} records, ${shardsEnded(events).size} shards read to ` +
        `their end, ${count(({kind}) => kind === 'lost')} leases lost, ${count(isTakenOver)} taken over amid a shard`,
    );
  });

const lastOutputs = (workers: readonly Worker[]) => workers.map(({output}) => output.text.slice(-10_000)).join('\n');

const ofWorker = (kind: string) => (events: readonly Event[], worker: string) =>
  events.filter(event => event.kind === kind && event.worker === worker).length;
const recordsOf = ofWorker('record');
const endsOf = ofWorker('end');

/** Begins at a checkpoint, not where the shard does. */
const isTakenOver = ({kind, fields}: Event) => kind === 'start' && /^\d+$/.test(fields[1]!);

/** What the server may refuse: what two workers want at once, and tables that are looked for before they are made. */
function isTrouble({kind, fields}: Event): boolean {
  if (kind === 'refused') {
    const [operation, code] = fields as [string, string];
    const allowed = {DescribeTable: 'ResourceNotFoundException', CreateTable: 'ResourceInUseException'}[operation];
    return code !== (allowed ?? 'ConditionalCheckFailedException');
  }
  // Of a lease that was lost meanwhile.
  if (kind === 'uncheckpointed') return !fields[1]!.includes('ShutdownException');
  return kind === 'log' && fields.at(-1) !== 'null' && !fields.at(-1)!.includes('credential profiles file not found');
}
