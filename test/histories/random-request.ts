import {randomUUID} from 'node:crypto';
import type {Chance} from '../fuzz/chance.ts';
import type {Access, Version} from './history.ts';

export const TableName = 'history';
export const IndexName = 'by-version';
export const partitions = ['a', 'b', 'c'];
export const sorts = ['1', '2', '3', '4'];
export const itemNames = partitions.flatMap(p => sorts.map(s => `${p}/${s}`));

/** As it is on the wire. */
export interface WireItem {
  p: {S: string};
  s: {N: string};
  /** The version, twice, so that half of a write would show. */
  v: {N: string};
  w: {N: string};
  /** Every item is in the index, under its version. */
  g: {S: 'all'};
  /** The version that an update found. */
  replaced?: {N: string};
  padding?: {S: string};
}

export interface Request {
  name: string;
  /** More than its name says, for people. */
  about?: string;
  input: object;
  /** What it is to do, but for what it sees. */
  accesses: Access[];
  /** Each access happens on its own. */
  isBatch?: boolean;
  /** Of a batch that writes: which accesses were left undone, since they met a transaction under way. */
  // biome-ignore lint/suspicious/noExplicitAny: as in `seen`
  leftUndone?(body: any): boolean[];
  /** The items that an answer tells of, for each access; null: that there is none; undefined: nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
  seen(body: any): (WireItem | null | undefined)[];
  /** The answer shows the item as it is afterwards, and what it replaced is in it. */
  showsNew?: boolean;
}

/** One client's chance, what it last saw of each item, and numbers that nobody used before. */
export interface Session {
  chance: Chance;
  known: Map<string, Version>;
  nextVersion(): Version;
}

const keyOf = (item: string) => {
  const [p, s] = item.split('/');
  return {p: {S: p!}, s: {N: s!}};
};
const nameOf = ({p, s}: Pick<WireItem, 'p' | 's'>) => `${p.S}/${s.N}`;
const everything = {S: 'all'} as const;
const number = (version: Version) => ({N: `${version}`});

/** Any request that writes or reads some of few items. */
export function randomRequest(session: Session): Request {
  const {chance} = session;
  return chance.pick([
    put,
    put,
    update,
    update,
    update,
    remove,
    get,
    get,
    query,
    queryIndex,
    scan,
    transactWrite,
    transactWrite,
    transactWrite,
    transactGet,
    batchWrite,
    batchGet,
  ])(session);
}

function putOf({chance}: Session, item: string, left: Version) {
  const padding = chance.maybe(0.1) ? {padding: {S: 'x'.repeat(chance.upTo(6_000))}} : {};
  return {...keyOf(item), v: number(left), w: number(left), g: everything, ...padding};
}

function condition(needs: Access['needs']): {ConditionExpression?: string; values: object} {
  if (needs === undefined) return {values: {}};
  if (needs === 'any') return {ConditionExpression: 'attribute_exists(p)', values: {}};
  if (needs === 0) return {ConditionExpression: 'attribute_not_exists(p)', values: {}};
  return {ConditionExpression: 'v = :needs', values: {':needs': number(needs)}};
}

/** Mostly what this client last saw, as callers do who read first. */
function anyNeeds({chance, known}: Session, item: string): Access['needs'] {
  if (chance.maybe(0.4)) return undefined;
  return chance.maybe(0.7) ? (known.get(item) ?? 0) : chance.pick([0, 'any'] as const);
}

const access = (item: string, left: Version | undefined, needs: Access['needs']): Access => ({
  item,
  ...(left !== undefined && {left}),
  ...(needs !== undefined && {needs}),
});

function conditional(needs: Access['needs'], more: object = {}) {
  const {values, ...expression} = condition(needs);
  const ExpressionAttributeValues = {...values, ...more};
  return {
    TableName,
    ...expression,
    ...(Object.keys(ExpressionAttributeValues).length > 0 && {ExpressionAttributeValues}),
    ...(needs !== undefined && {ReturnValuesOnConditionCheckFailure: 'ALL_OLD'}),
  };
}

function updateOf(item: string, left: Version, needs: Access['needs']) {
  return {
    Key: keyOf(item),
    UpdateExpression: 'SET replaced = if_not_exists(v, :none), v = :v, w = :v, g = :g',
    ...conditional(needs, {':none': number(0), ':v': number(left), ':g': everything}),
  };
}

function put(session: Session): Request {
  const item = session.chance.pick(itemNames);
  const needs = anyNeeds(session, item);
  const left = session.nextVersion();
  return {
    name: 'PutItem',
    input: {Item: putOf(session, item, left), ...conditional(needs), ReturnValues: 'ALL_OLD'},
    accesses: [access(item, left, needs)],
    seen: body => [body.Attributes ?? null],
  };
}

function update(session: Session): Request {
  const item = session.chance.pick(itemNames);
  const needs = anyNeeds(session, item);
  const left = session.nextVersion();
  const showsNew = session.chance.maybe(0.6);
  return {
    name: 'UpdateItem',
    input: {...updateOf(item, left, needs), ReturnValues: showsNew ? 'ALL_NEW' : 'ALL_OLD'},
    accesses: [access(item, left, needs)],
    seen: body => [body.Attributes ?? null],
    showsNew,
  };
}

function remove(session: Session): Request {
  const item = session.chance.pick(itemNames);
  const needs = anyNeeds(session, item);
  return {
    name: 'DeleteItem',
    input: {Key: keyOf(item), ...conditional(needs), ReturnValues: 'ALL_OLD'},
    accesses: [access(item, 0, needs)],
    seen: body => [body.Attributes ?? null],
  };
}

function get({chance}: Session): Request {
  const item = chance.pick(itemNames);
  return {
    name: 'GetItem',
    input: {TableName, Key: keyOf(item), ConsistentRead: true},
    accesses: [{item}],
    seen: body => [body.Item ?? null],
  };
}

/** One page, which Stator promises to be of one moment; AWS does not. */
function query({chance}: Session): Request {
  return queryOf(chance.pick(partitions), chance.maybe(0.5));
}

export function queryOf(p: string, forward: boolean): Request {
  const items = sorts.map(s => `${p}/${s}`);
  return {
    name: 'Query',
    input: {
      TableName,
      KeyConditionExpression: 'p = :p',
      ExpressionAttributeValues: {':p': {S: p}},
      ConsistentRead: true,
      ScanIndexForward: forward,
    },
    accesses: items.map(item => ({item})),
    seen: body => inOrder(items, body.Items),
  };
}

/** All items at one moment, as Stator promises of a page; AWS does not. */
export function scan(): Request {
  return {
    name: 'Scan',
    input: {TableName, ConsistentRead: true},
    accesses: itemNames.map(item => ({item})),
    seen: body => inOrder(itemNames, body.Items),
  };
}

/** The same from the index, which Stator promises never to lag; AWS does not. */
export function queryIndex({chance}: Session): Request {
  return {
    name: 'Query',
    about: 'of the index',
    input: {
      TableName,
      IndexName,
      KeyConditionExpression: 'g = :g',
      ExpressionAttributeValues: {':g': everything},
      ScanIndexForward: chance.maybe(0.5),
    },
    accesses: itemNames.map(item => ({item})),
    seen: body => inOrder(itemNames, body.Items),
  };
}

const nobody = {N: '-1'};

/** What was found of each; what was found twice is what nobody wrote. */
function inOrder(items: string[], found: WireItem[]): (WireItem | null)[] {
  return items.map(item => {
    const [first, second] = found.filter(one => nameOf(one) === item);
    return first && second ? {...first, w: nobody} : (first ?? null);
  });
}

const some = ({chance}: Session, most: number) => {
  const names = [...itemNames];
  return chance.many(2, most, () => names.splice(chance.upTo(names.length), 1)[0]!);
};

/** A deletion, like any that shall be found in the stream, says what it deletes. */
function transactWrite(session: Session): Request {
  const {chance, known} = session;
  const actions = some(session, 4).map(item => {
    const seen = known.get(item) ?? 0;
    const needs = chance.maybe(0.6) ? seen : undefined;
    const left = session.nextVersion();
    switch (chance.upTo(6)) {
      case 0:
        return {
          done: access(item, undefined, seen),
          action: {ConditionCheck: {Key: keyOf(item), ...conditional(seen)}},
        };
      case 1:
        if (seen !== 0)
          return {done: access(item, 0, seen), action: {Delete: {Key: keyOf(item), ...conditional(seen)}}};
        break;
      case 2:
      case 3:
        return {
          done: access(item, left, needs),
          action: {Put: {Item: putOf(session, item, left), ...conditional(needs)}},
        };
    }
    return {done: access(item, left, needs), action: {Update: updateOf(item, left, needs)}};
  });
  return {
    name: 'TransactWriteItems',
    input: {TransactItems: actions.map(({action}) => action), ClientRequestToken: randomUUID()},
    accesses: actions.map(({done}) => done),
    seen: () => actions.map(() => undefined),
  };
}

function transactGet(session: Session): Request {
  return transactGetOf(some(session, 5));
}

export function transactGetOf(items: string[]): Request {
  return {
    name: 'TransactGetItems',
    input: {TransactItems: items.map(item => ({Get: {TableName, Key: keyOf(item)}}))},
    accesses: items.map(item => ({item})),
    seen: body => body.Responses.map(({Item}: {Item?: WireItem}) => Item ?? null),
  };
}

function batchWrite(session: Session): Request {
  const writes = some(session, 4).map(item => {
    if (session.chance.maybe(0.15))
      return {done: access(item, 0, undefined), write: {DeleteRequest: {Key: keyOf(item)}}};
    const left = session.nextVersion();
    return {done: access(item, left, undefined), write: {PutRequest: {Item: putOf(session, item, left)}}};
  });
  return {
    name: 'BatchWriteItem',
    input: {RequestItems: {[TableName]: writes.map(({write}) => write)}},
    accesses: writes.map(({done}) => done),
    isBatch: true,
    seen: () => writes.map(() => undefined),
    leftUndone(body) {
      const left: (typeof writes)[number]['write'][] = body.UnprocessedItems[TableName] ?? [];
      const items = left.map(({PutRequest, DeleteRequest}) => nameOf((PutRequest?.Item ?? DeleteRequest?.Key)!));
      return writes.map(({done}) => items.includes(done.item));
    },
  };
}

function batchGet(session: Session): Request {
  const items = some(session, 6);
  return {
    name: 'BatchGetItem',
    input: {RequestItems: {[TableName]: {Keys: items.map(keyOf), ConsistentRead: true}}},
    accesses: items.map(item => ({item})),
    isBatch: true,
    seen: body => inOrder(items, body.Responses[TableName] ?? []),
  };
}
