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

/**
 * What becomes of throughput as a table with three global indexes grows from nothing to `items`: two servers on databases of
 * their own, of which one stays small, take turns, since machines are noisy.
 */
export async function compareGrown(
  postgres: Postgres,
  load: LoadProcess,
  ports: {small: number; large: number},
  {items, seconds, rounds}: {items: number; seconds: number; rounds: number},
): Promise<void> {
  for (const port of Object.values(ports)) await exchange(port, wireRequest('CreateTable', indexedTable));

  async function fill(port: number, count: number): Promise<void> {
    await load.fill({port, items: count, secondsMax: 7_200}, () => {});
    await postgres.query('vacuum analyze');
    await postgres.query('checkpoint');
    console.log(`${count} items are there`);
  }

  /** Each round asks for other items: what was put before would be put again, and change nothing. */
  async function measure(port: number, scenario: string, among: number, round: number): Promise<number> {
    const job = {port, items: Math.floor(among * (1 - round * 0.1)), scenario, prepared: '', concurrency, seconds};
    const result = await load.run(job);
    if (result.errors > 0) console.log(`  ${result.errors} errors`);
    return result.requests / result.seconds;
  }

  async function compare(scenario: string, among: {small: number; large: number}, what: string): Promise<void> {
    const small: number[] = [];
    const large: number[] = [];
    for (let round = 0; round < rounds; round++) {
      small.push(await measure(ports.small, scenario, among.small, round));
      large.push(await measure(ports.large, scenario, among.large, round));
    }
    console.log(
      `${scenario}, concurrency ${concurrency}, three global indexes: ${Math.round(median(small))} /s ${what}, ` +
        `${Math.round(median(large))} /s of ${items}; ${(median(large) / median(small)).toFixed(2)} ×`,
    );
  }

  await fill(ports.large, items);
  // The same requests to both, of which most are about items that the large one has not got either.
  await compare('PutItem', {small: items * 10, large: items * 10}, 'of new items into an empty table');
  await fill(ports.small, fewItems);
  for (const scenario of ['PutItem', 'UpdateItem counter', 'GetItem', 'Query 20']) {
    await compare(scenario, {small: fewItems, large: items}, `of ${fewItems} items`);
  }
}
