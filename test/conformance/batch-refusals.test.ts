// What BatchGetItem and BatchWriteItem refuse, and which of several faults wins.
// Captured in us-east-1 and eu-west-2, 2026-10-09 (paritysuite/dynamodb-conformance
// tests/tier3/error-messages/{batchGetItem,batchWriteItem}, tests/tier3/validation-ordering/batchOperations).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {invalid, one, refusal} from './answers.ts';
import {freshTableName, onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {S} from './values.ts';

const capacityEnum =
  "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]";
const metricsEnum =
  "Value 'BOGUS2' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]";
const badCapacity = {ReturnConsumedCapacity: 'BOGUS' as never};
const badMetrics = {ReturnItemCollectionMetrics: 'BOGUS2' as never};
const tableNames =
  'Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
  'Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]';
const duplicates = 'Provided list of item keys contains duplicates';
const missingTable = 'ResourceNotFoundException: Requested resource not found';
const overlap = (second: string) =>
  'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
  `path one: [a], path two: ${second}`;

onEveryStore('refused batches', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const composite = useTable(target, {attributes: {pk: 'S', sk: 'S'}, key: ['pk', 'sk']});
  const get = (name: string, pks: string[], extra = {}) =>
    target.db.batchGetItem({RequestItems: {[name]: {Keys: pks.map(pk => ({pk: S(pk)}))}}, ...extra});
  const write = (name: string, pks: string[], extra = {}) => {
    const requests = pks.map(pk => ({PutRequest: {Item: {pk: S(pk)}}}));
    return target.db.batchWriteItem({RequestItems: {[name]: requests}, ...extra});
  };
  const many = (count: number) => Array.from({length: count}, (_, index) => `k${index}`);

  // us-east-1, 2026-10-07; of BatchWriteItem six of 33 regions say what they say of BatchGetItem.
  test('no tables at all', async () => {
    const constraint =
      "Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1";
    await invalid(target.db.batchGetItem({RequestItems: {}}), one(constraint));
    const required = 'The requestItems parameter is required for BatchWriteItem';
    await invalid(target.db.batchWriteItem({RequestItems: {}}), required);
  });

  test('more than 100 keys, or none', async () => {
    const constraint = (bound: string) =>
      one(
        `Value at 'RequestItems.${table}.member.Keys' failed to satisfy constraint: Member must have length ${bound}`,
      );
    await invalid(get(table, many(101)), constraint('less than or equal to 100'));
    await invalid(get(table, []), constraint('greater than or equal to 1'));
  });

  test('more than 100 keys in several tables', async () => {
    const keys = many(51).map(pk => ({pk: S(pk)}));
    const both = {[table]: {Keys: keys}, [composite]: {Keys: keys.map(key => ({...key, sk: S('a')}))}};
    await invalid(target.db.batchGetItem({RequestItems: both}), 'Too many items requested for the BatchGetItem call');
  });

  // The older layer echoes the request; the limit after it is what counts.
  test('more than 25 writes, or none', async () => {
    const bounds =
      'Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]';
    const over = await refusal(write(table, many(26)));
    assert.ok(over.startsWith(`ValidationException: 1 validation error detected: Value '{${table}=[`), over);
    assert.ok(over.endsWith(`]}' at 'requestItems' failed to satisfy constraint: ${bounds}`), over.slice(-250));
    await invalid(
      write(table, []),
      one(`Value '{${table}=[]}' at 'requestItems' failed to satisfy constraint: ${bounds}`),
    );
  });

  test('more than 25 writes in several tables', async () => {
    const requests = many(13).map(pk => ({PutRequest: {Item: {pk: S(pk), sk: S('a')}}}));
    const both = {RequestItems: {[table]: requests, [composite]: requests}};
    await invalid(target.db.batchWriteItem(both), 'Too many items requested for the BatchWriteItem call');
  });

  test('the same key twice', async () => {
    await invalid(get(table, ['a', 'a']), duplicates);
    await invalid(write(table, ['a', 'a']), duplicates);
    const putAndDelete = [{PutRequest: {Item: {pk: S('a')}}}, {DeleteRequest: {Key: {pk: S('a')}}}];
    await invalid(target.db.batchWriteItem({RequestItems: {[table]: putAndDelete}}), duplicates);
  });

  test('a table that is not there', async () => {
    assert.equal(await refusal(get(freshTableName('absent'), ['a'])), missingTable);
    assert.equal(await refusal(write(freshTableName('absent'), ['a'])), missingTable);
  });

  test('a malformed table name', async () => {
    const shown = `Value '{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}' at 'requestItems' failed to satisfy constraint: ${tableNames}`;
    await invalid(get('bad!name', ['a']), one(shown));
    await invalid(get('bad!name', ['a'], badCapacity), `2 validation errors detected: ${shown}; ${capacityEnum}`);
    const written = await refusal(write('bad!name', ['a']));
    assert.match(
      written,
      /^ValidationException: 1 validation error detected: Value '\{bad!name=\[WriteRequest\(putRequest=PutRequest\(item=\{pk=.+\}.*\)\]\}' at /,
    );
    assert.ok(written.endsWith(`at 'requestItems' failed to satisfy constraint: ${tableNames}`), written);
    await invalid(write('bad!name', ['a'], badCapacity), one(capacityEnum));
  });

  test('unknown enums come first, and nothing is written', async () => {
    await invalid(get(table, ['a'], badCapacity), one(capacityEnum));
    await invalid(get(freshTableName('absent'), ['a'], badCapacity), one(capacityEnum));
    await invalid(write(freshTableName('absent'), ['a'], badCapacity), one(capacityEnum));
    await invalid(write(table, ['enum'], badCapacity), one(capacityEnum));
    await invalid(write(table, ['enum'], badMetrics), one(metricsEnum));
    const both = `2 validation errors detected: ${capacityEnum}; ${metricsEnum}`;
    await invalid(write(table, ['enum'], {...badCapacity, ...badMetrics}), both);
    const {Item} = await target.db.getItem({TableName: table, Key: {pk: S('enum')}, ConsistentRead: true});
    assert.equal(Item, undefined);
  });

  const projections: [string, names: Record<string, string> | undefined, message: string][] = [
    ['a, a', undefined, overlap('[a]')],
    ['#a, #b', {'#a': 'a', '#b': 'a'}, overlap('[a]')],
    ['a, a.b', undefined, overlap('[a, b]')],
  ];
  for (const [expression, names, message] of projections) {
    test(`the projection ${expression} is refused for all tables`, async () => {
      const projection = {ProjectionExpression: expression, ...(names && {ExpressionAttributeNames: names})};
      const alone = {[table]: {Keys: [{pk: S('a')}], ...projection}};
      await invalid(target.db.batchGetItem({RequestItems: alone}), message);
      const clean = {[composite]: {Keys: [{pk: S('a'), sk: S('z')}], ProjectionExpression: 'a'}};
      await invalid(target.db.batchGetItem({RequestItems: {...alone, ...clean}}), message);
    });
  }

  test('expressions and AttributesToGet, in one table or in two', async () => {
    const keys = {Keys: [{pk: S('a')}]};
    const mixed = await refusal(
      target.db.batchGetItem({RequestItems: {[table]: {...keys, AttributesToGet: ['pk'], ProjectionExpression: 'pk'}}}),
    );
    const conflict =
      'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}';
    assert.ok(mixed.includes(conflict), mixed);
    const apart = {
      [table]: {...keys, ProjectionExpression: 'pk'},
      [composite]: {Keys: [{pk: S('a'), sk: S('z')}], AttributesToGet: ['pk']},
    };
    assert.match(await refusal(target.db.batchGetItem({RequestItems: apart})), /^ValidationException/);
  });

  test('an absent or deleted item is neither an error nor unprocessed', async () => {
    const {UnprocessedItems} = await target.db.batchWriteItem({
      RequestItems: {[table]: [{DeleteRequest: {Key: {pk: S('none')}}}]},
    });
    assert.deepEqual(UnprocessedItems, {});
    const {Responses, UnprocessedKeys} = await get(table, ['none']);
    assert.deepEqual(Responses, {[table]: []});
    assert.deepEqual(UnprocessedKeys, {});
  });
});
