import {batchWriteBody, orderItem, orderKey, ordersPerUser, pagePartition, tableName, userKey} from './dataset.ts';
import {prepareIterator, prepareStreamTable, streamTableItems, streamTableName} from './stream-table.ts';
import {wireRequest} from './wire-request.ts';

export interface Scenario {
  readonly name: string;
  readonly operation: string;
  /** How many different requests are sent in turn: enough to touch most of a large table, few enough to keep in memory. */
  readonly pool: number;
  /** Makes what a server needs beside the table that all share, and tells what bodies need to know of it. */
  prepare?(port: number): Promise<string>;
  /** The body of request `number` of the pool against a table of `items` orders; `random(n)` is an integer below n. */
  body(items: number, random: (below: number) => number, prepared: string, number: number): string;
  /** No right answer is shorter. */
  readonly bodyBytesMin: number;
  /** What is wrong with the parsed answer, if anything. */
  problem(answer: Answer): string | undefined;
}

/** The members of answers that the checks look at. */
export interface Answer {
  readonly Item?: object;
  readonly Items?: readonly object[];
  readonly Attributes?: {readonly hits?: {readonly N?: string}};
  readonly Count?: number;
  readonly ScannedCount?: number;
  readonly LastEvaluatedKey?: object;
  readonly Responses?: Record<string, readonly object[]> | readonly {readonly Item?: object}[];
  readonly UnprocessedItems?: object;
  readonly Records?: readonly {readonly dynamodb?: {readonly NewImage?: object}}[];
}

const table = `"TableName":"${tableName}"`;
const unless = (right: boolean | undefined, problem: string) => (right ? undefined : problem);

/** A prime: its multiples are all over a table of any size, and come round only when all items were named. */
const scatter = 7919;

function distinct(count: number, below: number, random: (below: number) => number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random(below));
  return [...chosen];
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'GetItem',
    operation: 'GetItem',
    pool: 32768,
    body: (items, random) => `{${table},"Key":${orderKey(random(items))}}`,
    bodyBytesMin: 300,
    problem: ({Item}) => unless(Item && Object.keys(Item).length === 12, 'no item of 12 attributes'),
  },
  {
    name: 'PutItem',
    operation: 'PutItem',
    pool: 16384,
    body: (items, random) => `{${table},"Item":${orderItem(random(items), 1 + random(1000))}}`,
    bodyBytesMin: 2,
    problem: answer => unless(Object.keys(answer).length === 0, 'not an empty object'),
  },
  {
    name: 'UpdateItem counter',
    operation: 'UpdateItem',
    pool: 16384,
    body: (items, random) =>
      `{${table},"Key":${orderKey(random(items))},"UpdateExpression":"SET #h = #h + :one",` +
      `"ExpressionAttributeNames":{"#h":"hits"},"ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}`,
    bodyBytesMin: 20,
    problem: ({Attributes}) => unless(Number(Attributes?.hits?.N) > 0, 'no counter above zero'),
  },
  {
    name: 'Query 20',
    operation: 'Query',
    pool: 8192,
    body: (items, random) =>
      `{${table},"KeyConditionExpression":"pk = :pk","Limit":20,` +
      `"ExpressionAttributeValues":{":pk":{"S":"${userKey(random(Math.floor(items / ordersPerUser)))}"}}}`,
    bodyBytesMin: 6000,
    problem: ({Items}) => unless(Items?.length === 20, 'not 20 items'),
  },
  {
    name: 'Query 1 MB page',
    operation: 'Query',
    pool: 8,
    body: () =>
      `{${table},"KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":{"S":"${pagePartition}"}}}`,
    bodyBytesMin: 1_000_000,
    problem: ({Items, LastEvaluatedKey}) =>
      unless(LastEvaluatedKey && Items && Items.length > 2500, 'not a full page with LastEvaluatedKey'),
  },
  {
    name: 'Scan filter',
    operation: 'Scan',
    pool: 8,
    body: () =>
      `{${table},"FilterExpression":"#c = :city AND #t < :total AND contains(#g, :tag)",` +
      `"ExpressionAttributeNames":{"#c":"city","#t":"total","#g":"tags"},` +
      `"ExpressionAttributeValues":{":city":{"S":"Dublin"},":total":{"N":"50000"},":tag":{"S":"tag-3"}}}`,
    bodyBytesMin: 2000,
    problem: ({Count = 0, ScannedCount = 0}) =>
      unless(Count > 0 && Count < ScannedCount / 5 && ScannedCount > 2500, 'not a filtered 1 MB page'),
  },
  {
    name: 'BatchGetItem 100',
    operation: 'BatchGetItem',
    pool: 1024,
    body: (items, random) =>
      `{"RequestItems":{"${tableName}":{"Keys":[${distinct(100, items, random).map(orderKey).join(',')}]}}}`,
    bodyBytesMin: 30_000,
    problem: ({Responses}) =>
      unless(
        !Array.isArray(Responses) && (Responses as Record<string, object[]> | undefined)?.[tableName]?.length === 100,
        'not 100 items',
      ),
  },
  {
    name: 'BatchWriteItem 25',
    operation: 'BatchWriteItem',
    pool: 1024,
    body: (items, random) =>
      batchWriteBody(distinct(25, items, random).map(index => orderItem(index, 1 + random(1000)))),
    bodyBytesMin: 2,
    problem: ({UnprocessedItems}) => unless(Object.keys(UnprocessedItems ?? {}).length === 0, 'unprocessed items'),
  },
  {
    name: 'ExecuteStatement point SELECT',
    operation: 'ExecuteStatement',
    pool: 32768,
    body: (items, random) => {
      const {pk, sk} = JSON.parse(orderKey(random(items))) as {pk: object; sk: object};
      return (
        `{"Statement":"SELECT * FROM \\"${tableName}\\" WHERE pk = ? AND sk = ?",` +
        `"Parameters":[${JSON.stringify(pk)},${JSON.stringify(sk)}]}`
      );
    },
    bodyBytesMin: 300,
    problem: ({Items}) => unless(Items?.length === 1 && Object.keys(Items[0]!).length === 12, 'not one item'),
  },
  {
    name: 'TransactWriteItems 4',
    operation: 'TransactWriteItems',
    pool: 4096,
    // Without a token: the requests of a pool come again, and would only be replayed. Those that are under way together share
    // no items, since they would be in conflict.
    body: (items, random, _, number) => {
      const [a, b, c, d] = [0, 1, 2, 3].map(at => ((4 * number + at) * scatter) % items) as [
        number,
        number,
        number,
        number,
      ];
      const put = (index: number) => `{"Put":{${table},"Item":${orderItem(index, 1 + random(1000))}}}`;
      return (
        `{"TransactItems":[${put(a)},${put(b)},` +
        `{"Update":{${table},"Key":${orderKey(c)},"UpdateExpression":"ADD #h :one",` +
        `"ExpressionAttributeNames":{"#h":"hits"},"ExpressionAttributeValues":{":one":{"N":"1"}}}},` +
        `{"ConditionCheck":{${table},"Key":${orderKey(d)},"ConditionExpression":"attribute_exists(pk)"}}]}`
      );
    },
    bodyBytesMin: 2,
    problem: answer => unless(Object.keys(answer).length === 0, 'not an empty object'),
  },
  {
    name: 'TransactGetItems 4',
    operation: 'TransactGetItems',
    pool: 8192,
    body: (items, random) => {
      const gets = distinct(4, items, random).map(index => `{"Get":{${table},"Key":${orderKey(index)}}}`);
      return `{"TransactItems":[${gets.join(',')}]}`;
    },
    bodyBytesMin: 1200,
    problem: ({Responses}) =>
      unless(Array.isArray(Responses) && Responses.length === 4 && Responses.every(({Item}) => Item), 'not 4 items'),
  },
  {
    name: 'PutItem + stream + 2 indexes',
    operation: 'PutItem',
    pool: 16384,
    prepare: prepareStreamTable,
    body: (_, random) =>
      `{"TableName":"${streamTableName}","Item":${orderItem(random(streamTableItems), 1 + random(1000))}}`,
    bodyBytesMin: 2,
    problem: answer => unless(Object.keys(answer).length === 0, 'not an empty object'),
  },
  {
    name: 'GetRecords 100',
    operation: 'GetRecords',
    pool: 1,
    prepare: prepareIterator,
    body: (_items, _random, prepared) => `{"ShardIterator":${JSON.stringify(prepared)},"Limit":100}`,
    bodyBytesMin: 30_000,
    problem: ({Records}) =>
      unless(Records?.length === 100 && Records.every(({dynamodb}) => dynamodb?.NewImage), 'not 100 records'),
  },
];

/** A small seeded generator (mulberry32), so that every server sees the same requests. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The first `count` requests of a scenario, ready to send. */
export function scenarioRequests(scenario: Scenario, items: number, prepared: string, count = scenario.pool): Buffer[] {
  const random = seededRandom(items);
  return Array.from({length: count}, (_, number) =>
    wireRequest(scenario.operation, scenario.body(items, random, prepared, number)),
  );
}
