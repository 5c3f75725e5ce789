import type {Random} from '../../src/base/random.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {sleep} from '../harness/server-process.ts';
import type {Caller, Outcome} from './ask.ts';
import {brief, contentOf, keyOf, sameItem, soakTable, wrongOf} from './content.ts';
import {acknowledge, type Change, doubt, expectedOf, type Ledger, settle} from './ledger.ts';
import type {Stats} from './stats.ts';

const TableName = soakTable;
/** Longer than any write takes of which nobody knows: hanging statements are given up before. */
const doubtMs = 20_000;
const tokenTriesMax = 300;

export interface Lane {
  caller: Caller;
  ledger: Ledger;
  stats: Stats;
  random: Random;
  /** A lane owns the keys whose number leaves this rest when divided by `lanes`: nobody else writes them. */
  number: number;
  lanes: number;
}

const below = (random: Random, limit: number) => Math.floor(random.fraction() * limit);
const condition = 'ConditionalCheckFailedException';

/** The requests of a lane that write, and those that read its own keys: it knows every answer to the letter. */
export function writeItems(lane: Lane): {weight: number; name: string; once: () => Promise<void>}[] {
  const {caller, ledger, stats, random} = lane;
  const {ask} = caller;
  const problem = (what: string, found: unknown, expected?: unknown) =>
    stats.problem(`${what}: ${brief(found)}${expected === undefined ? '' : `; expected ${brief(expected)}`}`);

  /** A key of one's own of which everything is known; settles what is in doubt, once it can be. */
  async function pickKey(): Promise<number> {
    for (;;) {
      const key = below(random, Math.floor(ledger.keys / lane.lanes)) * lane.lanes + lane.number;
      const doubted = ledger.doubts.get(key);
      if (!doubted) return key;
      if (doubted.untilMs > Date.now()) {
        await sleep(1);
        continue;
      }
      const got = await ask('GetItem', {TableName, Key: keyOf(key), ConsistentRead: true});
      if (got.kind !== 'done') continue;
      const wrong = settle(ledger, key, got.body.Item);
      if (wrong) {
        stats.problem(wrong);
        ledger.doubts.delete(key);
      }
    }
  }
  async function pickKeys(count: number): Promise<number[]> {
    const keys = new Set<number>();
    for (let tries = 0; tries < count; tries++) keys.add(await pickKey());
    return [...keys];
  }
  const nextVersion = (key: number) => ++ledger.used[key]!;

  function conclude(change: Change, {kind}: Outcome): void {
    if (kind === 'done') acknowledge(ledger, change);
    else if (kind === 'unknown') doubt(ledger, change, Date.now() + doubtMs);
  }

  async function put(): Promise<void> {
    const key = await pickKey();
    const version = nextVersion(key);
    const before = expectedOf(ledger, key);
    const outcome = await ask('PutItem', {TableName, Item: contentOf(key, version), ReturnValues: 'ALL_OLD'});
    if (outcome.kind === 'done' && !sameItem(outcome.body.Attributes, before))
      problem('PutItem found another item', outcome.body.Attributes, before);
    conclude(new Map([[key, version]]), outcome);
  }

  /** Puts all of a new version in place; only if the old one is there. */
  function updateOf(key: number, version: number, old: number) {
    const {v, g, n, l, x} = contentOf(key, version);
    return {
      TableName,
      Key: keyOf(key),
      UpdateExpression: `SET v = :v, g = :g, n = :n, x = :x${l ? ', l = :l' : ' REMOVE l'}`,
      ConditionExpression: old === 0 ? 'attribute_not_exists(p)' : 'v = :old',
      ExpressionAttributeValues: {
        ':v': v,
        ':g': g,
        ':n': n,
        ':x': x,
        ...(l && {':l': l}),
        ...(old !== 0 && {':old': {N: String(old)}}),
      },
    };
  }

  async function update(): Promise<void> {
    const key = await pickKey();
    const version = nextVersion(key);
    const request = {...updateOf(key, version, ledger.versions[key]!), ReturnValues: 'ALL_NEW'};
    const outcome = await ask('UpdateItem', request);
    if (outcome.kind === 'done' && !sameItem(outcome.body.Attributes, contentOf(key, version)))
      problem('UpdateItem made another item', outcome.body.Attributes);
    conclude(new Map([[key, version]]), outcome);
  }

  async function updateWrongly(): Promise<void> {
    const key = await pickKey();
    const outcome = await ask('UpdateItem', updateOf(key, 1, 2_000_000_000), [condition]);
    if (outcome.kind === 'done') problem('UpdateItem was done against its condition', key);
  }

  async function remove(): Promise<void> {
    const key = await pickKey();
    const before = expectedOf(ledger, key);
    const outcome = await ask('DeleteItem', {TableName, Key: keyOf(key), ReturnValues: 'ALL_OLD'});
    if (outcome.kind === 'done' && !sameItem(outcome.body.Attributes, before))
      problem('DeleteItem found another item', outcome.body.Attributes, before);
    conclude(new Map([[key, 0]]), outcome);
  }

  async function get(): Promise<void> {
    const key = await pickKey();
    const outcome = await ask('GetItem', {TableName, Key: keyOf(key), ConsistentRead: random.fraction() < 0.5});
    const expected = expectedOf(ledger, key);
    if (outcome.kind === 'done' && !sameItem(outcome.body.Item, expected))
      problem('GetItem', outcome.body.Item, expected);
  }

  async function batchWrite(): Promise<void> {
    const change = new Map<number, number>();
    const requests = (await pickKeys(2 + below(random, 9))).map(key => {
      const version = random.fraction() < 0.7 ? nextVersion(key) : 0;
      change.set(key, version);
      return version === 0 ? {DeleteRequest: {Key: keyOf(key)}} : {PutRequest: {Item: contentOf(key, version)}};
    });
    conclude(change, await ask('BatchWriteItem', {RequestItems: {[TableName]: requests}}));
  }

  async function batchGet(): Promise<void> {
    const keys = await pickKeys(2 + below(random, 9));
    const Keys = keys.map(keyOf);
    const outcome = await ask('BatchGetItem', {RequestItems: {[TableName]: {Keys, ConsistentRead: true}}});
    if (outcome.kind !== 'done') return;
    const expected = keys.map(key => expectedOf(ledger, key)).filter(item => item !== undefined);
    const found: Item[] = outcome.body.Responses[TableName];
    const isSame = found.length === expected.length && expected.every(item => found.some(one => sameItem(one, item)));
    if (!isSame) problem('BatchGetItem', found, expected);
  }

  /** Under one token until it is known what became of it; and now and then once more, which must change nothing. */
  async function transact(): Promise<void> {
    const change = new Map<number, number>();
    const TransactItems = (await pickKeys(2 + below(random, 4))).map(key => {
      const old = ledger.versions[key]!;
      const what = random.fraction();
      if (what < 0.2 && old !== 0)
        return {
          ConditionCheck: {
            TableName,
            Key: keyOf(key),
            ConditionExpression: 'v = :old',
            ExpressionAttributeValues: {':old': {N: String(old)}},
          },
        };
      const version = what < 0.4 ? 0 : nextVersion(key);
      change.set(key, version);
      if (version === 0) return {Delete: {TableName, Key: keyOf(key)}};
      return what < 0.7 ? {Put: {TableName, Item: contentOf(key, version)}} : {Update: updateOf(key, version, old)};
    });
    const request = {ClientRequestToken: random.uuid(), TransactItems};
    for (let tries = 0; tries < tokenTriesMax; tries++) {
      const outcome = await ask('TransactWriteItems', request);
      if (outcome.kind === 'unknown') {
        await sleep(200);
        continue;
      }
      conclude(change, outcome);
      if (outcome.kind === 'done' && random.fraction() < 0.1) await ask('TransactWriteItems', request);
      return;
    }
    conclude(change, {kind: 'unknown'});
  }

  async function transactGet(): Promise<void> {
    const keys = await pickKeys(2 + below(random, 4));
    const TransactItems = keys.map(key => ({Get: {TableName, Key: keyOf(key)}}));
    const outcome = await ask('TransactGetItems', {TransactItems});
    if (outcome.kind !== 'done') return;
    for (const [at, {Item: found}] of (outcome.body.Responses as {Item?: Item}[]).entries()) {
      const expected = expectedOf(ledger, keys[at]!);
      if (!sameItem(found, expected)) problem('TransactGetItems', found, expected);
    }
  }

  async function statement(): Promise<void> {
    const key = await pickKey();
    const old = ledger.versions[key]!;
    const {p, s} = keyOf(key);
    if (random.fraction() < 0.4) {
      const Statement = `SELECT * FROM "${TableName}" WHERE p = ? AND s = ?`;
      const outcome = await ask('ExecuteStatement', {Statement, Parameters: [p, s], ConsistentRead: true});
      if (outcome.kind !== 'done') return;
      const expected = expectedOf(ledger, key);
      const isSame = outcome.body.Items.length === (expected ? 1 : 0) && sameItem(outcome.body.Items[0], expected);
      if (!isSame) problem('SELECT', outcome.body.Items, expected);
      return;
    }
    if (old !== 0 && random.fraction() < 0.3) {
      const Statement = `DELETE FROM "${TableName}" WHERE p = ? AND s = ? AND v = ?`;
      const outcome = await ask('ExecuteStatement', {Statement, Parameters: [p, s, {N: String(old)}]});
      conclude(new Map([[key, 0]]), outcome);
      return;
    }
    const version = nextVersion(key);
    const item = contentOf(key, version);
    if (old === 0) {
      const members = Object.keys(item).map(name => `'${name}': ?`);
      const Statement = `INSERT INTO "${TableName}" VALUE {${members.join(', ')}}`;
      const outcome = await ask('ExecuteStatement', {Statement, Parameters: Object.values(item)});
      conclude(new Map([[key, version]]), outcome);
      return;
    }
    const {v, g, n, l, x} = item;
    const Statement = `UPDATE "${TableName}" SET v = ? SET g = ? SET n = ? SET x = ? ${l ? 'SET l = ?' : 'REMOVE l'} WHERE p = ? AND s = ?`;
    const Parameters = [v, g, n, x, ...(l ? [l] : []), p, s];
    conclude(new Map([[key, version]]), await ask('ExecuteStatement', {Statement, Parameters}));
  }

  /** Somebody else's: whatever its version, it must be as it was written. */
  async function getForeign(): Promise<void> {
    const outcome = await ask('GetItem', {TableName, Key: keyOf(below(random, ledger.keys))});
    const wrong = outcome.kind === 'done' && outcome.body.Item && wrongOf(outcome.body.Item);
    if (wrong) stats.problem(`GetItem: ${wrong}`);
  }

  return [
    {weight: 18, name: 'PutItem', once: put},
    {weight: 18, name: 'UpdateItem', once: update},
    {weight: 3, name: 'UpdateItem under a wrong condition', once: updateWrongly},
    {weight: 8, name: 'DeleteItem', once: remove},
    {weight: 20, name: 'GetItem', once: get},
    {weight: 5, name: 'GetItem of others', once: getForeign},
    {weight: 4, name: 'BatchWriteItem', once: batchWrite},
    {weight: 4, name: 'BatchGetItem', once: batchGet},
    {weight: 6, name: 'TransactWriteItems', once: transact},
    {weight: 3, name: 'TransactGetItems', once: transactGet},
    {weight: 7, name: 'ExecuteStatement', once: statement},
  ];
}
