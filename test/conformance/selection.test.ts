// What a read answers: Select, projections, and what indexes hold (AWS developer guide, "Attribute projections";
// paritysuite/dynamodb-conformance CHANGELOG 2026-06-21, 2026-06-23, 2026-06-30, captures/cross-region-latest proj_*).
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {AttributeValue, QueryCommandInput} from '@aws-sdk/client-dynamodb';
import {invalid, one, refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

type Item = Record<string, AttributeValue>;

onEveryStore('selection', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', g: 'S', l: 'S'},
    key: ['pk', 'sk'],
    local: {lAll: {range: 'l'}, lKeys: {range: 'l', projection: 'KEYS_ONLY'}, lSome: {range: 'l', projection: ['a']}},
    global: {
      gAll: {hash: ['g']},
      gKeys: {hash: ['g'], range: ['l'], projection: 'KEYS_ONLY'},
      gSome: {hash: ['g'], projection: ['a', 'm']},
    },
  });
  const whole: Item = {
    pk: S('p'),
    sk: S('1'),
    g: S('g'),
    l: S('l'),
    a: N(1),
    b: N(2),
    m: {M: {x: S('x'), y: {L: [S('0'), S('1'), S('2')]}}},
  };
  before(async () => {
    await target.db.putItem({TableName: table, Item: whole});
    // In no index; in the local ones; in the global one that needs `g` alone.
    await target.db.putItem({TableName: table, Item: {pk: S('sparse'), sk: S('1'), a: N(1)}});
    await target.db.putItem({TableName: table, Item: {pk: S('sparse'), sk: S('2'), l: S('l')}});
    await target.db.putItem({TableName: table, Item: {pk: S('sparse'), sk: S('3'), g: S('g2')}});
  });
  const pick = (...names: string[]): Item => Object.fromEntries(names.map(name => [name, whole[name]!]));

  const byPk = {KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: {':v': S('p')}};
  const byG = {KeyConditionExpression: 'g = :v', ExpressionAttributeValues: {':v': S('g')}};
  const query = (extra: Partial<QueryCommandInput>) => target.db.query({TableName: table, ...extra});

  const answered: [extra: Partial<QueryCommandInput>, Item][] = [
    [byPk, whole],
    [{...byPk, Select: 'ALL_ATTRIBUTES'}, whole],
    [{...byPk, Select: 'SPECIFIC_ATTRIBUTES', ProjectionExpression: 'a'}, pick('a')],
    [{...byPk, IndexName: 'lAll'}, whole],
    [{...byPk, IndexName: 'lAll', Select: 'ALL_PROJECTED_ATTRIBUTES'}, whole],
    [{...byPk, IndexName: 'lKeys'}, pick('pk', 'sk', 'l')],
    [{...byPk, IndexName: 'lKeys', Select: 'ALL_PROJECTED_ATTRIBUTES'}, pick('pk', 'sk', 'l')],
    [{...byPk, IndexName: 'lKeys', Select: 'ALL_ATTRIBUTES'}, whole],
    [{...byPk, IndexName: 'lKeys', ProjectionExpression: 'b'}, pick('b')],
    [{...byPk, IndexName: 'lSome'}, pick('pk', 'sk', 'l', 'a')],
    [{...byG, IndexName: 'gAll'}, whole],
    [{...byG, IndexName: 'gAll', Select: 'ALL_ATTRIBUTES'}, whole],
    [{...byG, IndexName: 'gKeys'}, pick('pk', 'sk', 'g', 'l')],
    [{...byG, IndexName: 'gSome'}, pick('pk', 'sk', 'g', 'a', 'm')],
    [{...byG, IndexName: 'gSome', ProjectionExpression: 'a, pk'}, pick('a', 'pk')],
  ];
  for (const [extra, item] of answered) {
    const {IndexName = 'table', Select = '', ProjectionExpression = ''} = extra;
    test(`Query of ${[IndexName, Select, ProjectionExpression].join(' ')}`, async () => {
      assert.deepEqual((await query(extra)).Items, [item]);
    });
  }

  const wrong = 'One or more parameter values were invalid: ';
  const both = (message: string) => ({inQuery: one(message), inScan: message});
  const refused: [what: string, extra: Partial<QueryCommandInput>, {inQuery: string; inScan: string}][] = [
    [
      'ALL_ATTRIBUTES of a global index',
      {...byG, IndexName: 'gSome', Select: 'ALL_ATTRIBUTES'},
      ((message: string) => ({inQuery: message, inScan: message}))(
        `${wrong}Select type ALL_ATTRIBUTES is not supported for global secondary index gSome because its projection type is not ALL`,
      ),
    ],
    [
      'what a global index lacks',
      {...byG, IndexName: 'gSome', ProjectionExpression: 'a, b'},
      ((message: string) => ({inQuery: message, inScan: message}))(
        `${wrong}Global secondary index gSome does not project [b]`,
      ),
    ],
    [
      'ALL_PROJECTED_ATTRIBUTES without an index',
      {...byPk, Select: 'ALL_PROJECTED_ATTRIBUTES'},
      both('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'),
    ],
    [
      'SPECIFIC_ATTRIBUTES without saying which',
      {...byPk, Select: 'SPECIFIC_ATTRIBUTES'},
      both('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'),
    ],
    [
      'a projection with COUNT',
      {...byPk, Select: 'COUNT', ProjectionExpression: 'a'},
      both('Cannot specify the ProjectionExpression when choosing to get only the Count'),
    ],
    [
      'a projection with ALL_ATTRIBUTES',
      {...byPk, Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'a'},
      both('Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES'),
    ],
  ];
  for (const [what, extra, {inQuery, inScan}] of refused) {
    test(`${what} is refused`, async () => {
      await invalid(query(extra), inQuery);
      const {KeyConditionExpression: _, ExpressionAttributeValues: __, ...scan} = extra;
      await invalid(target.db.scan({TableName: table, ...scan}), inScan);
    });
  }

  test('consistent reads are for the table and its local indexes', async () => {
    const ConsistentRead = true;
    assert.equal(await refusal(query({...byPk, ConsistentRead})), '(accepted)');
    assert.equal(await refusal(query({...byPk, IndexName: 'lKeys', ConsistentRead})), '(accepted)');
    const message = 'Consistent reads are not supported on global secondary indexes';
    await invalid(query({...byG, IndexName: 'gAll', ConsistentRead}), message);
    await invalid(target.db.scan({TableName: table, IndexName: 'gAll', ConsistentRead}), message);
  });

  test('an index that is not there', async () => {
    await invalid(query({...byPk, IndexName: 'none'}), 'The table does not have the specified index: none');
    const scan = target.db.scan({TableName: table, IndexName: 'none'});
    await invalid(scan, 'The table does not have the specified index: none');
  });

  test('indexes hold the items that have all of their keys', async () => {
    const members = async (IndexName?: string) => {
      const {Items} = await target.db.scan({TableName: table, ...(IndexName && {IndexName})});
      return Items!.map(item => `${item.pk!.S}${item.sk!.S}`).sort();
    };
    assert.deepEqual(await members(), ['p1', 'sparse1', 'sparse2', 'sparse3']);
    for (const name of ['lAll', 'lKeys', 'lSome']) assert.deepEqual(await members(name), ['p1', 'sparse2']);
    assert.deepEqual(await members('gAll'), ['p1', 'sparse3']);
    assert.deepEqual(await members('gKeys'), ['p1']);
  });

  const paths: [expression: string, Item][] = [
    ['m.x', {m: {M: {x: S('x')}}}],
    ['m.y[1]', {m: {M: {y: {L: [S('1')]}}}}],
    ['m.y[2], m.y[0]', {m: {M: {y: {L: [S('0'), S('2')]}}}}],
    ['m.x, a', {a: N(1), m: {M: {x: S('x')}}}],
    ['m.ghost, ghost, a.x', {}],
    ['m.y[9]', {}],
  ];
  for (const [ProjectionExpression, item] of paths) {
    test(`the projection ${ProjectionExpression}`, async () => {
      const Key = pick('pk', 'sk');
      const got = await target.db.getItem({TableName: table, Key, ProjectionExpression});
      assert.deepEqual(got.Item, item);
      assert.deepEqual((await query({...byPk, ProjectionExpression})).Items, [item]);
      const batch = await target.db.batchGetItem({RequestItems: {[table]: {Keys: [Key], ProjectionExpression}}});
      assert.deepEqual(batch.Responses, {[table]: [item]});
    });
  }

  const overlap = (first: string, second: string) =>
    'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
    `path one: ${first}, path two: ${second}`;
  const names = {'#a': 'a', '#b': 'b', '#x': 'a', '#y': 'b'};
  const overlapping: [expression: string, message: string][] = [
    ['a, a', overlap('[a]', '[a]')],
    ['#a, #a', overlap('[a]', '[a]')],
    ['#a, #x', overlap('[a]', '[a]')],
    ['a, #a', overlap('[a]', '[a]')],
    ['#a.#b, #x.#y', overlap('[a, b]', '[a, b]')],
    ['a, a.b', overlap('[a]', '[a, b]')],
    ['#a, #a.#b', overlap('[a]', '[a, b]')],
    ['a.b, a', overlap('[a, b]', '[a]')],
    ['#x, #a.#b', overlap('[a]', '[a, b]')],
  ];
  for (const [ProjectionExpression, message] of overlapping) {
    test(`the projection ${ProjectionExpression} overlaps`, async () => {
      const used = Object.entries(names).filter(([name]) => ProjectionExpression.includes(name));
      const projection = {
        ProjectionExpression,
        ...(used.length > 0 && {ExpressionAttributeNames: Object.fromEntries(used)}),
      };
      const Key = {pk: S('none'), sk: S('none')};
      await invalid(target.db.getItem({TableName: table, Key, ...projection}), message);
      await invalid(query({...byPk, ...projection}), message);
      await invalid(target.db.scan({TableName: table, ...projection}), message);
      await invalid(target.db.batchGetItem({RequestItems: {[table]: {Keys: [Key], ...projection}}}), message);
    });
  }
});
