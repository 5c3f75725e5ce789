// Pages: Limit, 1 MB, LastEvaluatedKey, ExclusiveStartKey, parallel scans, and what a batch leaves unread
// (AWS developer guide, "Paginating table query results", "Parallel scan"; messages from dynalite's tests against AWS).
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {
  AttributeValue,
  BatchGetItemCommandOutput,
  QueryCommandInput,
  ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import {invalid, refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

type Item = Record<string, AttributeValue>;
interface Page {
  Items?: Item[] | undefined;
  Count?: number | undefined;
  ScannedCount?: number | undefined;
  LastEvaluatedKey?: Item | undefined;
}

async function allPages(read: (start: Item | undefined) => Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  let start: Item | undefined;
  do {
    assert.ok(pages.length < 1000, 'pages must end');
    const page = await read(start);
    pages.push(page);
    start = page.LastEvaluatedKey;
  } while (start);
  return pages;
}

onEveryStore('pages', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'N', g: 'S', l: 'N'},
    key: ['pk', 'sk'],
    local: {byL: {range: 'l'}},
    global: {byG: {hash: ['g'], range: ['l']}},
  });
  const hashOnly = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const count = 10;
  before(async () => {
    for (let sk = 0; sk < count; sk++) {
      // Pairs share an index key, so that pages must split ties.
      const item = {pk: S('p'), sk: N(sk), g: S('g'), l: N(Math.floor(sk / 2))};
      await target.db.putItem({TableName: table, Item: item});
    }
  });

  const query = (extra: Partial<QueryCommandInput> = {}) =>
    target.db.query({
      TableName: table,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: {':p': S('p')},
      ...extra,
    });
  const ofG = {IndexName: 'byG', KeyConditionExpression: 'g = :p', ExpressionAttributeValues: {':p': S('g')}};
  const sorts = (pages: Page[]) => pages.flatMap(page => page.Items!.map(item => Number(item.sk!.N)));
  const rising = Array.from({length: count}, (_, index) => index);

  const sources: [what: string, extra: Partial<QueryCommandInput>, keyNames: string[]][] = [
    ['the table', {}, ['pk', 'sk']],
    ['a local index', {IndexName: 'byL'}, ['l', 'pk', 'sk']],
    ['a global index', ofG, ['g', 'l', 'pk', 'sk']],
  ];
  for (const [what, source, keyNames] of sources) {
    for (const forward of [true, false]) {
      for (const Limit of [1, 3, 7]) {
        test(`${what} by ${Limit}, ${forward ? 'forwards' : 'backwards'}`, async () => {
          const pages = await allPages(start =>
            query({...source, Limit, ScanIndexForward: forward, ...(start && {ExclusiveStartKey: start})}),
          );
          // Items with equal index keys come in an order that is ours; pages must keep to it.
          const whole = await query({...source, ScanIndexForward: forward});
          assert.deepEqual(sorts(pages), sorts([whole]));
          assert.deepEqual(
            sorts(pages).sort((a, b) => a - b),
            rising,
          );
          for (const page of pages) {
            assert.ok(page.Items!.length <= Limit);
            if (page.LastEvaluatedKey) assert.deepEqual(Object.keys(page.LastEvaluatedKey).sort(), keyNames);
          }
        });
      }
    }
  }

  test('a page that Limit ends has a LastEvaluatedKey even where nothing follows', async () => {
    const exact = await query({Limit: count});
    assert.deepEqual(exact.LastEvaluatedKey, {pk: S('p'), sk: N(count - 1)});
    const after = await query({ExclusiveStartKey: exact.LastEvaluatedKey!});
    assert.deepEqual([after.Count, after.Items, after.LastEvaluatedKey], [0, [], undefined]);
    assert.equal((await query({Limit: count + 1})).LastEvaluatedKey, undefined);
  });

  test('Limit counts what is read, not what the filter leaves', async () => {
    const filtered = {FilterExpression: 'l = :l', ExpressionAttributeValues: {':p': S('p'), ':l': N(1)}};
    const pages = await allPages(start => query({...filtered, Limit: 4, ...(start && {ExclusiveStartKey: start})}));
    assert.deepEqual(
      pages.map(page => [page.Count, page.ScannedCount]),
      [
        [2, 4],
        [0, 4],
        [0, 2],
      ],
    );
  });

  test('counts have no items', async () => {
    const counted = await query({Select: 'COUNT'});
    assert.deepEqual([counted.Count, counted.ScannedCount, counted.Items], [count, count, undefined]);
  });

  test('a start key need not be there', async () => {
    const page = await query({ExclusiveStartKey: {pk: S('p'), sk: N('4.5')}});
    assert.deepEqual(sorts([page]), [5, 6, 7, 8, 9]);
    const back = await query({ExclusiveStartKey: {pk: S('p'), sk: N('4.5')}, ScanIndexForward: false});
    assert.deepEqual(sorts([back]), [4, 3, 2, 1, 0]);
  });

  const bad = 'The provided starting key is invalid';
  const mismatch = 'The provided key element does not match the schema';
  const twoFaults = {KeyConditionExpression: 'z = :p', ExpressionAttributeValues: {':p': S('p')}};
  const starts: [what: string, Partial<QueryCommandInput>, message: string][] = [
    ['too few attributes', {ExclusiveStartKey: {pk: S('p')}}, bad],
    ['too many attributes', {ExclusiveStartKey: {pk: S('p'), sk: N(1), l: N(1)}}, bad],
    ['another name', {ExclusiveStartKey: {pk: S('p'), other: N(1)}}, bad],
    ['a wrong type', {ExclusiveStartKey: {pk: S('p'), sk: S('1')}}, mismatch],
    ['a wrong type of index key', {IndexName: 'byL', ExclusiveStartKey: {pk: S('p'), sk: N(1), l: S('1')}}, mismatch],
    [
      'a wrong type of table key, for an index',
      {IndexName: 'byL', ExclusiveStartKey: {pk: S('p'), sk: S('1'), l: N(1)}},
      `${bad}: ${mismatch}`,
    ],
    ['a wrong type, before the condition', {...twoFaults, ExclusiveStartKey: {pk: N(1), sk: N(1)}}, mismatch],
    [
      'a wrong type of sort key, after the condition on the other',
      {...twoFaults, ExclusiveStartKey: {pk: S('p'), sk: S('1')}},
      'Query condition missed key schema element: pk',
    ],
    ['no index key', {IndexName: 'byL', ExclusiveStartKey: {pk: S('p'), sk: N(1)}}, bad],
    [
      'another partition',
      {ExclusiveStartKey: {pk: S('q'), sk: N(1)}},
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a sort key outside the condition',
      {
        KeyConditionExpression: 'pk = :p AND sk > :s',
        ExpressionAttributeValues: {':p': S('p'), ':s': N(5)},
        ExclusiveStartKey: {pk: S('p'), sk: N(1)},
      },
      'The provided starting key does not match the range key predicate',
    ],
    [
      'another partition and a sort key outside the condition',
      {
        KeyConditionExpression: 'pk = :p AND sk > :s',
        ExpressionAttributeValues: {':p': S('p'), ':s': N(5)},
        ExclusiveStartKey: {pk: S('q'), sk: N(1)},
      },
      'The provided starting key does not match the range key predicate',
    ],
    [
      'another partition and a sort key inside the condition',
      {
        KeyConditionExpression: 'pk = :p AND sk > :s',
        ExpressionAttributeValues: {':p': S('p'), ':s': N(5)},
        ExclusiveStartKey: {pk: S('q'), sk: N(6)},
      },
      'The query can return at most one row and cannot be restarted',
    ],
  ];
  for (const [what, extra, message] of starts) {
    test(`a start key with ${what} is refused`, () => invalid(query(extra), message));
  }

  // scylladb's test_query.py, run against AWS.
  test('a query of a table without sort keys can not go on', async () => {
    const message = 'The provided exclusive start key is invalid: ExclusiveStartKey: {pk=AttributeValue: {S:a}}';
    const start = {KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: {':p': S('a')}};
    await invalid(target.db.query({TableName: hashOnly, ...start, ExclusiveStartKey: {pk: S('a')}}), message);
    // So no page of it may tell to go on, even where Limit ends it.
    await target.db.putItem({TableName: hashOnly, Item: {pk: S('a')}});
    const page = await target.db.query({TableName: hashOnly, ...start, Limit: 1});
    assert.deepEqual([page.Count, page.LastEvaluatedKey], [1, undefined]);
  });

  test('a scan goes through every partition and index once', async () => {
    for (const IndexName of [undefined, 'byL', 'byG']) {
      const pages = await allPages(start =>
        target.db.scan({
          TableName: table,
          Limit: 3,
          ...(IndexName && {IndexName}),
          ...(start && {ExclusiveStartKey: start}),
        }),
      );
      assert.deepEqual(
        sorts(pages).sort((a, b) => a - b),
        rising,
      );
    }
  });
});

onEveryStore('large pages', target => {
  const table = useTable(target, {attributes: {pk: 'S', sk: 'N'}, key: ['pk', 'sk']});
  const itemBytes = 100 * 1024;
  const count = 25;
  before(async () => {
    const x = S('x'.repeat(itemBytes - 20));
    for (let sk = 0; sk < count; sk++) {
      await target.db.putItem({TableName: table, Item: {pk: S('p'), sk: N(sk), x}});
    }
  });
  const query = (extra: Partial<QueryCommandInput> = {}) =>
    target.db.query({
      TableName: table,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: {':p': S('p')},
      ...extra,
    });

  test('a page ends about 1 MB, whatever is answered of it', async () => {
    const variants: Partial<QueryCommandInput>[] = [
      {},
      {ProjectionExpression: 'sk'},
      {Select: 'COUNT'},
      {FilterExpression: 'attribute_not_exists(x)'},
      {ScanIndexForward: false},
    ];
    for (const extra of variants) {
      const pages = await allPages(start => query({...extra, ...(start && {ExclusiveStartKey: start})}));
      assert.equal(
        pages.reduce((sum, page) => sum + page.ScannedCount!, 0),
        count,
      );
      assert.equal(pages.length, 3, JSON.stringify(extra));
      for (const page of pages.slice(0, -1)) {
        const read = page.ScannedCount! * itemBytes;
        assert.ok(read <= 1024 * 1024 + itemBytes && read > 1024 * 1024 - itemBytes, `${read} bytes`);
      }
    }
  });

  test('a filtered scan may answer pages without items', async () => {
    const none = {TableName: table, FilterExpression: 'attribute_not_exists(x)'} as const;
    const page = await target.db.scan(none);
    assert.deepEqual([page.Count, page.Items], [0, []]);
    assert.ok(page.LastEvaluatedKey);
  });
});

onEveryStore('batches that are too large to answer', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  before(async () => {
    const x = S('x'.repeat(400_000));
    for (let start = 0; start < 50; start += 10) {
      const puts = Array.from({length: 10}, (_, at) => ({PutRequest: {Item: {pk: S(`k${start + at}`), x}}}));
      await target.db.batchWriteItem({RequestItems: {[table]: puts}});
    }
  });

  test('BatchGetItem answers up to 16 MB and says what is left, in a form to send again', async () => {
    const options = {ProjectionExpression: '#p, x', ExpressionAttributeNames: {'#p': 'pk'}, ConsistentRead: true};
    const Keys = Array.from({length: 50}, (_, at) => ({pk: S(`k${at}`)}));
    let left: Record<string, {Keys: Item[] | undefined}> | undefined = {[table]: {Keys, ...options}};
    const found: string[] = [];
    let rounds = 0;
    while (left && Object.keys(left).length > 0) {
      assert.ok(++rounds < 10);
      const answer: BatchGetItemCommandOutput = await target.db.batchGetItem({
        RequestItems: left as never,
      });
      const items = answer.Responses![table]!;
      assert.ok(items.length * 400_000 <= 16 * 1024 * 1024);
      found.push(...items.map(item => item.pk!.S!));
      left = answer.UnprocessedKeys as typeof left;
      const rest: {Keys: Item[] | undefined} | undefined = left?.[table];
      if (rest) assert.deepEqual({...rest, Keys: undefined}, {...options, Keys: undefined});
    }
    assert.equal(rounds, 2);
    assert.deepEqual(found.sort(), Keys.map(key => key.pk.S!).sort());
  });
});

onEveryStore('parallel scans', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'N', g: 'S'},
    key: ['pk', 'sk'],
    global: {byG: {hash: ['g']}},
  });
  const count = 60;
  before(async () => {
    for (let start = 0; start < count; start += 20) {
      const puts = Array.from({length: 20}, (_, at) => ({
        PutRequest: {Item: {pk: S(`p${start + at}`), sk: N(1), g: S(`g${(start + at) % 7}`)}},
      }));
      await target.db.batchWriteItem({RequestItems: {[table]: puts}});
    }
  });
  const scan = (extra: Partial<ScanCommandInput>) => target.db.scan({TableName: table, ...extra});
  const segment = async (extra: Partial<ScanCommandInput>) => {
    const pages = await allPages(start => scan({...extra, Limit: 4, ...(start && {ExclusiveStartKey: start})}));
    return pages.flatMap(page => page.Items!.map(item => item.pk!.S!));
  };

  for (const TotalSegments of [1, 2, 3, 16, 1000]) {
    test(`${TotalSegments} segments, joined, are the table and its index`, async () => {
      const sampled = TotalSegments > 20 ? [0, 1, 500, 999] : Array.from({length: TotalSegments}, (_, at) => at);
      for (const IndexName of [undefined, 'byG']) {
        const parts = await Promise.all(
          sampled.map(Segment => segment({Segment, TotalSegments, ...(IndexName && {IndexName})})),
        );
        const found = parts.flat();
        assert.equal(new Set(found).size, found.length, 'no item is in two segments');
        if (sampled.length === TotalSegments) assert.equal(found.length, count);
      }
    });
  }

  test('a million segments are the most', async () => {
    assert.equal(await refusal(scan({Segment: 999_999, TotalSegments: 1_000_000})), '(accepted)');
    assert.match(
      await refusal(scan({Segment: 0, TotalSegments: 1_000_001})),
      /^ValidationException: .*'totalSegments' failed to satisfy constraint: Member must have value less than or equal to 1000000/,
    );
  });

  test('segments that do not go together', async () => {
    await invalid(
      scan({Segment: 4, TotalSegments: 4}),
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than TotalSegments: 4',
    );
    await invalid(
      scan({Segment: 1}),
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
    await invalid(
      scan({TotalSegments: 2}),
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  });

  test('a start key of another segment is refused', async () => {
    const {LastEvaluatedKey} = await scan({Segment: 0, TotalSegments: 2, Limit: 1});
    await invalid(
      scan({Segment: 1, TotalSegments: 2, ExclusiveStartKey: LastEvaluatedKey!}),
      'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
        'TotalSegments: 2 Segment: 1',
    );
  });
});
