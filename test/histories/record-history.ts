import assert from 'node:assert/strict';
import {systemClock} from '../../src/base/clock.ts';
import {chanceFrom} from '../fuzz/chance.ts';
import {type Call, type Client, connectTo, isConflict, must} from '../harness/call.ts';
import {sleep} from '../harness/server-process.ts';
import {streamReader} from './follow-stream.ts';
import type {History} from './history.ts';
import {
  IndexName,
  itemNames,
  partitions,
  queryIndex,
  queryOf,
  type Request,
  randomRequest,
  type Session,
  scan,
  TableName,
  transactGetOf,
} from './random-request.ts';
import {newRecorder, type Reply} from './recorder.ts';

export interface RecordOptions {
  seed: number;
  /** Its name, for the history. */
  store: string;
  /** Where servers are now. */
  endpoints(): readonly string[];
  clients: number;
  forMs: number;
  /** Operations; on a slow machine it takes longer. */
  atLeast?: number;
  /** Kills something and brings it back; again and again amid the run. */
  strike?: ((chance: ReturnType<typeof chanceFrom>) => Promise<void>) | undefined;
}

const triesMax = 400;
const retryMs = 25;
const operationsMax = 25_000;

/** Lets clients crowd a few items of a new table, and records what each was told, and what the table's stream tells. */
export async function recordHistory(options: RecordOptions): Promise<History> {
  const {seed, store, endpoints, clients, forMs, atLeast = 0, strike} = options;
  const StreamArn = await createTable(endpoints()[0]!);
  const recorder = newRecorder();
  const endMs = systemClock.now() + forMs;
  let failed = false;
  let noted = 0;
  const isOver = () => failed || noted >= operationsMax || (systemClock.now() >= endMs && noted >= atLeast);
  let lastVersion = 0;
  const newSession = (client: number): Session => ({
    chance: chanceFrom(seed * 1_000 + client),
    known: new Map(),
    nextVersion: () => ++lastVersion,
  });

  async function act(client: number): Promise<void> {
    const session = newSession(client);
    const door = newDoor(endpoints, session.chance.upTo);
    try {
      while (!isOver()) {
        const request = randomRequest(session);
        noted++;
        // A token counts once: asked for again under it, a transaction is still one operation.
        const insists = request.name === 'TransactWriteItems' && session.chance.maybe(0.5);
        const ask = () => (insists ? untilAnswered(() => door.ask(request)) : door.ask(request));
        if (!(await recorder.note(client, session, request, ask))) await sleep(retryMs);
        else if (session.chance.maybe(0.1)) await sleep(session.chance.upTo(5));
      }
    } finally {
      door.close();
    }
  }

  const reader = streamReader(StreamArn);
  async function follow(): Promise<void> {
    const door = newDoor(endpoints, chanceFrom(seed).upTo);
    while (!isOver()) {
      if (await isServed(() => reader.readOn(door.call()))) await sleep(20);
      else door.close();
    }
    door.close();
  }

  async function strikeOnAndOn(): Promise<void> {
    const chance = chanceFrom(seed + 1);
    for (;;) {
      const nextMs = systemClock.now() + 250 + chance.upTo(700);
      while (systemClock.now() < nextMs && !isOver()) await sleep(20);
      if (isOver()) return;
      await strike!(chance);
    }
  }

  const parts = [
    ...Array.from({length: clients}, (_, client) => act(client)),
    follow(),
    ...(strike ? [strikeOnAndOn()] : []),
  ];
  const stop = () => {
    failed = true;
  };
  for (const part of parts) part.catch(stop);
  const ends = await Promise.allSettled(parts);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;

  // What is there in the end, by reads like any other; and the stream again, from its beginning.
  const session = newSession(clients);
  const door = newDoor(endpoints, session.chance.upTo);
  try {
    const last = [transactGetOf(itemNames), scan(), queryIndex(session), ...partitions.map(p => queryOf(p, true))];
    for (const request of last) {
      assert.ok(
        await recorder.note(clients, session, request, () => untilAnswered(() => door.ask(request))),
        'the end is read',
      );
    }
    await readToEnd(reader.readOn, door.call);
    const again = streamReader(StreamArn);
    await readToEnd(again.readOn, door.call);
    const byShard = ({records}: typeof reader.stream) =>
      [...records].sort((a, b) => (a.shard < b.shard ? -1 : a.shard > b.shard ? 1 : 0));
    assert.deepEqual(
      byShard(reader.stream),
      byShard(again.stream),
      'a stream that is followed tells what it tells afterwards',
    );
  } finally {
    door.close();
  }
  return {seed, store, operations: recorder.operations(), stream: reader.stream};
}

async function isServed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    await sleep(retryMs);
    return false;
  }
}

async function readToEnd(readOn: (call: Call) => Promise<number>, call: () => Call): Promise<void> {
  for (let empty = 0, tries = 0; empty < 2; tries++) {
    assert.ok(tries < triesMax, 'a stream has an end');
    empty = (await readOn(call())) === 0 ? empty + 1 : 0;
  }
}

async function untilAnswered(ask: () => Promise<Reply>): Promise<Reply> {
  let reply = await ask();
  for (let tries = 0; tries < triesMax && !isAnswered(reply); tries++) {
    await sleep(retryMs);
    const again = await ask();
    // Once sent it may have been done, whoever was not there later, or was in conflict with somebody.
    reply = didNothing(again) && !didNothing(reply) ? reply : again;
  }
  return reply;
}

const didNothing = (reply: Reply) =>
  reply.kind === 'never sent' || (reply.kind === 'answer' && isConflict(reply.answer));
const isAnswered = (reply: Reply) => reply.kind === 'answer' && reply.answer.status < 500 && !isConflict(reply.answer);

/** A connection to some server, and to another one when that is gone. */
function newDoor(endpoints: () => readonly string[], upTo: (below: number) => number) {
  let client: Client | undefined;
  const close = () => {
    client?.close();
    client = undefined;
  };
  const call = () => {
    client ??= connectTo(endpoints()[upTo(endpoints().length)]!);
    return client.call;
  };
  async function ask({name, input}: Request): Promise<Reply> {
    try {
      const answer = await call()(name, input);
      if (answer.status >= 500) close();
      return {kind: 'answer', answer};
    } catch (error) {
      close();
      return {kind: (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'never sent' : 'lost'};
    }
  }
  return {call, ask, close};
}

async function createTable(endpoint: string): Promise<string> {
  const {call, close} = connectTo(endpoint);
  const {TableDescription} = await must(call, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'p', AttributeType: 'S'},
      {AttributeName: 's', AttributeType: 'N'},
      {AttributeName: 'g', AttributeType: 'S'},
      {AttributeName: 'v', AttributeType: 'N'},
    ],
    KeySchema: [
      {AttributeName: 'p', KeyType: 'HASH'},
      {AttributeName: 's', KeyType: 'RANGE'},
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName,
        KeySchema: [
          {AttributeName: 'g', KeyType: 'HASH'},
          {AttributeName: 'v', KeyType: 'RANGE'},
        ],
        Projection: {ProjectionType: 'ALL'},
      },
    ],
    StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
  });
  close();
  return TableDescription.LatestStreamArn;
}
