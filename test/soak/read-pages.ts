import type {Item} from '../../src/model/attribute-value.ts';
import {brief, groupOf, numberOf, partitionOf, soakTable, wrongOf} from './content.ts';
import type {Lane} from './write-items.ts';

const TableName = soakTable;

/** The requests of a lane that read many items, of all lanes: each item must be one that was written, in the right order. */
export function readPages({caller: {ask}, ledger, stats, random}: Lane) {
  const below = (limit: number) => Math.floor(random.fraction() * limit);

  function hold(what: string, items: readonly Item[], isOne: (item: Item) => boolean, order?: (item: Item) => number) {
    for (const [at, item] of items.entries()) {
      const wrong = wrongOf(item) ?? (isOne(item) ? undefined : `an item that was not asked for: ${brief(item)}`);
      if (wrong) stats.problem(`${what}: ${wrong}`);
      if (order && at > 0 && order(items[at - 1]!) > order(item))
        stats.problem(`${what}: ${brief(item)} is out of order`);
    }
    const keys = new Set(items.map(item => numberOf(item, 's')));
    if (keys.size !== items.length) stats.problem(`${what}: an item comes twice`);
  }

  const text = (value: Item[string] | undefined) => (value as {S: string} | undefined)?.S;

  async function query(): Promise<void> {
    const p = partitionOf(below(ledger.keys));
    const outcome = await ask('Query', {
      TableName,
      KeyConditionExpression: 'p = :p',
      ExpressionAttributeValues: {':p': {S: p}},
      ConsistentRead: true,
    });
    if (outcome.kind === 'done')
      hold(
        'Query',
        outcome.body.Items,
        item => text(item.p) === p,
        item => numberOf(item, 's'),
      );
  }

  async function queryLocal(): Promise<void> {
    const p = partitionOf(below(ledger.keys));
    const outcome = await ask('Query', {
      TableName,
      IndexName: 'by-l',
      KeyConditionExpression: 'p = :p AND l BETWEEN :from AND :to',
      ExpressionAttributeValues: {':p': {S: p}, ':from': {S: 'l1'}, ':to': {S: 'l5'}},
      Limit: 20,
    });
    if (outcome.kind === 'done')
      hold('Query of by-l', outcome.body.Items, item => text(item.p) === p && text(item.l)! <= 'l5');
  }

  async function queryGlobal(): Promise<void> {
    const g = groupOf(below(1_000));
    const least = below(1_000);
    const outcome = await ask('Query', {
      TableName,
      IndexName: 'by-g',
      KeyConditionExpression: 'g = :g AND n >= :n',
      ExpressionAttributeValues: {':g': {S: g}, ':n': {N: String(least)}},
      Limit: 25,
    });
    const isOne = (item: Item) => text(item.g) === g && numberOf(item, 'n') >= least;
    if (outcome.kind === 'done') hold('Query of by-g', outcome.body.Items, isOne, item => numberOf(item, 'n'));
  }

  async function scan(): Promise<void> {
    const outcome = await ask('Scan', {
      TableName,
      Segment: below(8),
      TotalSegments: 8,
      Limit: 50,
      FilterExpression: 'n < :n',
      ExpressionAttributeValues: {':n': {N: '500'}},
    });
    if (outcome.kind === 'done') hold('Scan', outcome.body.Items, item => numberOf(item, 'n') < 500);
  }

  async function scanGlobal(): Promise<void> {
    const outcome = await ask('Scan', {TableName, IndexName: 'by-n', Limit: 40});
    if (outcome.kind !== 'done') return;
    // Of keys alone: nothing to compare with, but that they are ours.
    for (const item of outcome.body.Items as Item[])
      if (text(item.p) !== partitionOf(numberOf(item, 's'))) stats.problem(`Scan of by-n: ${brief(item)}`);
  }

  return [
    {weight: 6, name: 'Query', once: query},
    {weight: 3, name: 'Query of a local index', once: queryLocal},
    {weight: 6, name: 'Query of a global index', once: queryGlobal},
    {weight: 2, name: 'Scan', once: scan},
    {weight: 1, name: 'Scan of a global index', once: scanGlobal},
  ];
}
