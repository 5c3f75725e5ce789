import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import type {TestContext} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {type Client, connectTo, isConflict, must} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {sleep} from '../harness/server-process.ts';
import {consume, newReplica, type Replica, streamsClient, textOf} from '../streams/consumer.ts';

export const TableName = 'bank';
const accounts = 6;
const opening = 1_000;
const lanesOfEach = 3;

const key = (p: string) => ({p: {S: p}});
const account = (number: number) => `account ${number}`;
const numberOf = (item: Item | undefined) => Number(item?.n?.N ?? '0');

type Item = Record<string, {S?: string; N?: string}>;

export async function openBank(endpoint: string): Promise<void> {
  const {call, close} = connectTo(endpoint);
  await must(call, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'p', AttributeType: 'S'},
      {AttributeName: 'g', AttributeType: 'N'},
    ],
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    GlobalSecondaryIndexes: [
      {IndexName: 'by-g', KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}], Projection: {ProjectionType: 'ALL'}},
    ],
    StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
  });
  for (let i = 0; i < accounts; i++) {
    await must(call, 'PutItem', {TableName, Item: {...key(account(i)), n: {N: `${opening}`}, g: {N: '0'}}});
  }
  close();
}

/** What the callers know. `unknown`: no answer, or one that promises nothing. */
export interface Seen {
  acknowledged: number;
  /** Of answers with 500, and of none: whether it was done nobody knows. */
  unknown: number;
  /** Answers with 503: promised not to be done. */
  unavailable: number;
  slowestMs: number;
  /** Transactions that met another one under way at their node, and did nothing. */
  conflicts: number;
  /** When something was last acknowledged. */
  lastMs: number;
  longestGapMs: number;
}

export interface Load {
  seen: Seen;
  /** Waits until so many more are acknowledged; throws what a caller found wrong meanwhile. */
  untilServed(count: number): Promise<void>;
  /** Ends it, and holds the table to what was seen. */
  check(): Promise<void>;
}

type Outcome =
  | {kind: 'done'; body: {Item?: Item; Responses?: {Item: Item}[]}}
  | {kind: 'refused'}
  | {kind: 'conflict'}
  | {kind: 'unknown'};

const refusals = /#(ConditionalCheckFailedException|TransactionCanceledException)$/;
const faults: Record<number, RegExp> = {500: /#InternalServerError$/, 503: /#ServiceUnavailable$/};

/**
 * Callers of every kind, each of whom goes to some node, and to another when it gets no answer. `answerMsMax`: no answer may
 * take longer. Seeded, as far as chance is the callers'.
 */
export function startMixedLoad(
  t: TestContext,
  endpoints: () => readonly string[],
  seed: number,
  answerMsMax = 20_000,
): Load {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random.fraction() * limit);
  const seen: Seen = {
    acknowledged: 0,
    unknown: 0,
    unavailable: 0,
    conflicts: 0,
    slowestMs: 0,
    lastMs: Date.now(),
    longestGapMs: 0,
  };
  let going = true;
  let isOver = false;
  t.after(() => {
    going = false;
    isOver = true;
  });

  /** A caller who holds on to one node until it fails. */
  function caller() {
    let client: Client | undefined;
    const drop = () => {
      client?.close();
      client = undefined;
    };
    async function ask(operation: string, input: object): Promise<Outcome> {
      const startMs = Date.now();
      let status = 0;
      // biome-ignore lint/suspicious/noExplicitAny: as in Answer
      let body: any;
      try {
        client ??= connectTo(endpoints()[below(endpoints().length)]!);
        ({status, body} = await client.call(operation, input));
      } catch {
        // The node is gone.
      }
      const tookMs = Date.now() - startMs;
      seen.slowestMs = Math.max(seen.slowestMs, tookMs);
      assert.ok(tookMs < answerMsMax, `${operation} took ${tookMs} ms`);
      if (status === 200) {
        seen.acknowledged++;
        seen.longestGapMs = Math.max(seen.longestGapMs, Date.now() - seen.lastMs);
        seen.lastMs = Date.now();
        return {kind: 'done', body};
      }
      if (isConflict({status, body})) {
        // What single writes touch here is in no transaction.
        assert.match(operation, /^Transact/, JSON.stringify(body));
        seen.conflicts++;
        await sleep(1 + below(5));
        return {kind: 'conflict'};
      }
      if (status === 400) {
        assert.match(body.__type, refusals, JSON.stringify(body));
        for (const {Code} of body.CancellationReasons ?? []) assert.match(Code, /^(None|ConditionalCheckFailed)$/);
        return {kind: 'refused'};
      }
      drop();
      if (status !== 0) assert.match(body.__type, faults[status] ?? /^$/, `${status} ${JSON.stringify(body)}`);
      if (status === 503) seen.unavailable++;
      else seen.unknown++;
      await sleep(20);
      return status === 503 ? {kind: 'refused'} : {kind: 'unknown'};
    }
    return {ask, drop};
  }
  type Ask = ReturnType<typeof caller>['ask'];

  const add = (p: string, amount: number, condition?: string) => ({
    TableName,
    Key: key(p),
    UpdateExpression: 'SET g = :g ADD n :amount',
    ExpressionAttributeValues: {
      ':amount': {N: `${amount}`},
      ':g': {N: `${below(3)}`},
      ...(condition && {':least': {N: `${-amount}`}}),
    },
    ...(condition && {ConditionExpression: condition}),
  });

  let transfers = 0;
  const receipts = new Set<string>();
  /** Under one token until it is known: so it is done once, whatever becomes of the nodes. */
  async function transfer(ask: Ask): Promise<void> {
    const from = below(accounts);
    const to = (from + 1 + below(accounts - 1)) % accounts;
    const amount = 1 + below(300);
    const receipt = `receipt ${randomUUID()}`;
    const request = {
      ClientRequestToken: randomUUID(),
      TransactItems: [
        {Update: add(account(from), -amount, 'n >= :least')},
        {Update: add(account(to), amount)},
        {Update: add('transfers', 1)},
        {Put: {TableName, Item: key(receipt), ConditionExpression: 'attribute_not_exists(p)'}},
      ],
    };
    for (;;) {
      const {kind} = await ask('TransactWriteItems', request);
      // An earlier try, at another node, may still be done.
      if (kind === 'unknown' || kind === 'conflict') continue;
      if (kind === 'done') {
        transfers++;
        receipts.add(receipt);
      }
      return;
    }
  }

  /** No half of a transfer is ever seen. */
  async function sumUp(ask: Ask): Promise<void> {
    const TransactItems = Array.from({length: accounts}, (_, i) => ({Get: {TableName, Key: key(account(i))}}));
    const outcome = await ask('TransactGetItems', {TransactItems});
    if (outcome.kind !== 'done') return;
    const amounts = outcome.body.Responses!.map(({Item}) => numberOf(Item));
    const sum = amounts.reduce((all, one) => all + one, 0);
    assert.equal(sum, accounts * opening, `${amounts}`);
    assert.ok(amounts.every(one => one >= 0));
  }

  const counters = new Map<string, {acknowledged: number; unknown: number}>();
  const counterOf = (name: string) => {
    const counter = counters.get(name) ?? {acknowledged: 0, unknown: 0};
    counters.set(name, counter);
    return counter;
  };
  function tally(name: string, kind: Outcome['kind']): void {
    if (kind === 'done') counterOf(name).acknowledged++;
    else if (kind === 'unknown') counterOf(name).unknown++;
  }

  async function count(ask: Ask): Promise<void> {
    const name = `counter ${below(2)}`;
    tally(name, (await ask('UpdateItem', add(name, 1))).kind);
  }

  async function countIfSame(ask: Ask): Promise<void> {
    const name = 'optimist';
    const got = await ask('GetItem', {TableName, Key: key(name), ConsistentRead: true});
    if (got.kind !== 'done') return;
    const before = got.body.Item?.n?.N;
    const put = await ask('PutItem', {
      TableName,
      Item: {...key(name), n: {N: `${Number(before ?? '0') + 1}`}, g: {N: `${below(3)}`}},
      ...(before === undefined
        ? {ConditionExpression: 'attribute_not_exists(p)'}
        : {ConditionExpression: 'n = :n', ExpressionAttributeValues: {':n': {N: before}}}),
    });
    tally(name, put.kind);
  }

  /** Prizes for whoever puts first. */
  const prizes = new Map<string, {winners: number[]; maybe: number[]}>();
  let prize = 0;
  async function win(ask: Ask, lane: number): Promise<void> {
    const name = `prize ${Math.floor(prize++ / lanesOfEach)}`;
    const {winners, maybe} = prizes.get(name) ?? {winners: [], maybe: []};
    prizes.set(name, {winners, maybe});
    const Item = {...key(name), n: {N: `${lane}`}};
    const {kind} = await ask('PutItem', {TableName, Item, ConditionExpression: 'attribute_not_exists(p)'});
    if (kind === 'done') winners.push(lane);
    else if (kind === 'unknown') maybe.push(lane);
    assert.ok(winners.length <= 1, `${name} was won by ${winners}`);
  }

  const kinds = [transfer, sumUp, count, countIfSame, win];
  const running = Promise.all(
    kinds.flatMap(kind =>
      Array.from({length: lanesOfEach}, async (_, lane) => {
        const {ask, drop} = caller();
        try {
          while (going) await kind(ask, lane);
        } finally {
          going = false;
          drop();
        }
      }),
    ),
  );
  let wrong: {reason: unknown} | undefined;
  running.catch(reason => {
    wrong = {reason};
  });
  const replica = newReplica();
  let isCaughtUp = () => false;
  let checkMs = Number.POSITIVE_INFINITY;
  // Only then does the stream stand still for a reason: while faults last it may do so for longer.
  const isLate = (sinceMs: number) => Date.now() - Math.max(sinceMs, checkMs) > catchUpMsMax;
  const consuming = follow(endpoints, replica, () => isOver || isCaughtUp(), isLate);
  consuming.catch(() => {});

  return {
    seen,
    async untilServed(count) {
      const before = seen.acknowledged;
      for (let tries = 0; seen.acknowledged < before + count; tries++) {
        if (wrong) throw wrong.reason;
        assert.ok(tries < 2_000, 'service returns by itself');
        await sleep(10);
      }
    },
    async check() {
      going = false;
      await running;
      checkMs = Date.now();
      const {call, close} = connectTo(endpoints()[0]!);
      const items = (await checkTable(call, TableName)) as Item[];
      close();
      const byKey = new Map(items.map(item => [item.p!.S!, item]));
      const held = items.filter(item => item.p!.S!.startsWith('account'));
      assert.equal(
        held.reduce((all, item) => all + numberOf(item), 0),
        accounts * opening,
      );
      assert.equal(numberOf(byKey.get('transfers')), transfers, 'each transfer was done once');
      assert.deepEqual(new Set([...byKey.keys()].filter(name => name.startsWith('receipt'))), receipts);
      for (const [name, {acknowledged, unknown}] of counters) {
        const n = numberOf(byKey.get(name));
        assert.ok(n >= acknowledged && n <= acknowledged + unknown, `${name}: ${n}, ${acknowledged} + ${unknown}`);
      }
      for (const [name, {winners, maybe}] of prizes) {
        const found = byKey.get(name);
        const holder = found && numberOf(found);
        if (winners.length > 0) assert.deepEqual([holder], winners, name);
        else if (holder !== undefined) assert.ok(maybe.includes(holder), `${name}: ${holder} of ${maybe}`);
      }
      const expected = Object.fromEntries(items.map(item => [textOf({p: item.p!}), textOf(item)]));
      const sorted = (of: Record<string, string>) => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
      isCaughtUp = () => JSON.stringify(sorted(replica.items)) === JSON.stringify(sorted(expected));
      await consuming;
      assert.deepEqual(replica.problems, []);
      assert.ok(transfers > 0 && receipts.size === transfers);
    },
  };
}

const catchUpMsMax = 30_000;

/** Reads the stream from some node, and goes on at another, from the last place, when it is gone. */
async function follow(
  endpoints: () => readonly string[],
  replica: Replica,
  isDone: () => boolean,
  isLate: (sinceMs: number) => boolean,
): Promise<void> {
  let moved = 0;
  let lastChanges = -1;
  let lastMs = Date.now();
  const isOver = () => {
    if (replica.changes !== lastChanges) {
      lastChanges = replica.changes;
      lastMs = Date.now();
    }
    return isDone() || isLate(lastMs);
  };
  while (!isOver()) {
    const endpoint = endpoints()[moved++ % endpoints().length]!;
    const {call, close} = connectTo(endpoint);
    const client = streamsClient(endpoint);
    try {
      const {Table} = await must(call, 'DescribeTable', {TableName});
      await consume(client, Table.LatestStreamArn, replica, {keep: () => {}, isDone: isOver, limit: 200});
    } catch {
      await sleep(50);
    } finally {
      client.destroy();
      close();
    }
  }
  assert.ok(isDone(), `the stream tells ${replica.changes} changes, and the table is otherwise`);
}
