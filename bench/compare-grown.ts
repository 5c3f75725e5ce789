import type {Postgres} from '../test/postgres/start-postgres.ts';
import {exchange} from './connection.ts';
import {tableDefinition} from './dataset.ts';
import type {LoadProcess} from './load-process.ts';
import {median} from './result.ts';
import {wireRequest} from './wire-request.ts';

const index = (IndexName: string, partition: string, sort: string) => ({
  IndexName,
  KeySchema: [
    {AttributeName: partition, KeyType: 'HASH'},
    {AttributeName: sort, KeyType: 'RANGE'},
  ],
  Projection: {ProjectionType: 'ALL'},
});

/** A put of a new version nearly always moves the entries of two of them, and counting rewrites all three. */
const indexedTable = {
  ...tableDefinition,
  AttributeDefinitions: [
    ...tableDefinition.AttributeDefinitions,
    {AttributeName: 'email', AttributeType: 'S'},
    {AttributeName: 'city', AttributeType: 'S'},
    {AttributeName: 'status', AttributeType: 'S'},
    {AttributeName: 'total', AttributeType: 'N'},
  ],
  GlobalSecondaryIndexes: [
    index('byEmail', 'email', 'sk'),
    index('byCity', 'city', 'total'),
    index('byStatus', 'status', 'email'),
  ],
};

/** Enough for the scenarios that need items. */
const fewItems = 1_000;
const concurrency = 64;

/** What becomes of throughput as a table with three global indexes grows from nothing to `items`. */
export async function compareGrown(
  postgres: Postgres,
  load: LoadProcess,
  port: number,
  {items, seconds, rounds}: {items: number; seconds: number; rounds: number},
): Promise<void> {
  await exchange(port, wireRequest('CreateTable', indexedTable));

  /** Each round asks for other items: what was put before would be put again, and change nothing. */
  async function measure(scenario: string, among: number): Promise<number> {
    const perSecond: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const job = {port, items: Math.floor(among * (1 - round * 0.1)), scenario, prepared: '', concurrency, seconds};
      const result = await load.run(job);
      if (result.errors > 0) console.log(`  ${result.errors} errors`);
      perSecond.push(result.requests / result.seconds);
    }
    return median(perSecond);
  }

  async function fill(count: number): Promise<void> {
    await load.fill({port, items: count, secondsMax: 7_200}, () => {});
    await postgres.query('vacuum analyze');
    await postgres.query('checkpoint');
    console.log(`${count} items are there`);
  }

  const others = ['UpdateItem counter', 'GetItem', 'Query 20'];
  const before = new Map([['PutItem', await measure('PutItem', items)]]);
  await fill(fewItems);
  for (const scenario of others) before.set(scenario, await measure(scenario, fewItems));
  await fill(items);
  for (const [scenario, first] of before) {
    const now = await measure(scenario, items);
    const start = scenario === 'PutItem' ? 'into an empty table' : `of ${fewItems} items`;
    console.log(
      `${scenario}, concurrency ${concurrency}, three global indexes: ${Math.round(first)} /s ${start}, ` +
        `${Math.round(now)} /s of ${items}; ${(now / first).toFixed(2)} ×`,
    );
  }
}
