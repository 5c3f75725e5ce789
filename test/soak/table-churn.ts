import type {Random} from '../../src/base/random.ts';
import {sleep} from '../harness/server-process.ts';
import type {Caller} from './ask.ts';
import {soakTable} from './content.ts';
import type {Stats} from './stats.ts';

const waitMsMax = 60_000;
const waitMs = 50;
const addedIndex = 'added';

/** Tables that are made and dropped, and an index that is added and dropped, while all else goes on. */
export function tableChurn(caller: Caller, stats: Stats, random: Random) {
  const {ask} = caller;
  let number = 0;

  /** Whatever becomes of the server meanwhile: asks until it is done, or was done before. */
  async function insist(operation: string, input: object, doneBefore: readonly string[]): Promise<void> {
    let isUnknown = false;
    for (const endMs = Date.now() + waitMsMax; Date.now() < endMs; ) {
      // What was done without an answer is refused when it is asked for again.
      const {kind} = await ask(operation, input, isUnknown ? doneBefore : []);
      if (kind === 'done' || kind === 'refused') return;
      isUnknown ||= kind === 'unknown';
      await sleep(waitMs);
    }
    stats.problem(`${operation} was not done for long`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  async function untilTable(TableName: string, isSo: (table: any) => boolean, what: string): Promise<void> {
    for (const endMs = Date.now() + waitMsMax; Date.now() < endMs; ) {
      const outcome = await ask('DescribeTable', {TableName}, ['ResourceNotFoundException']);
      if (outcome.kind === 'done' ? isSo(outcome.body.Table) : outcome.kind === 'refused' && isSo(undefined)) return;
      await sleep(waitMs);
    }
    stats.problem(`${TableName} did not become ${what}`);
  }

  async function makeAndDrop(): Promise<void> {
    const TableName = `churn-${number++}`;
    const keySchema = (AttributeName: string) => [{AttributeName, KeyType: 'HASH'}];
    await insist(
      'CreateTable',
      {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['p', 'g'].map(AttributeName => ({AttributeName, AttributeType: 'S'})),
        KeySchema: keySchema('p'),
        GlobalSecondaryIndexes: [{IndexName: 'by-g', KeySchema: keySchema('g'), Projection: {ProjectionType: 'ALL'}}],
        ...(number % 4 === 0 && {StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_IMAGE'}}),
      },
      ['ResourceInUseException'],
    );
    await untilTable(TableName, table => table?.TableStatus === 'ACTIVE', 'ACTIVE');
    const requests = Array.from({length: 25}, (_, at) => ({
      PutRequest: {Item: {p: {S: `${at}`}, g: {S: random.uuid().slice(0, 2)}, x: {S: 'x'.repeat(1_000)}}},
    }));
    await insist('BatchWriteItem', {RequestItems: {[TableName]: requests}}, []);
    const outcome = await ask('Scan', {TableName, IndexName: 'by-g', Select: 'COUNT'});
    if (outcome.kind === 'done' && outcome.body.Count !== 25)
      stats.problem(`${TableName} holds ${outcome.body.Count} items of 25`);
    await insist('DeleteTable', {TableName}, ['ResourceNotFoundException', 'ResourceInUseException']);
    await untilTable(TableName, table => table === undefined, 'gone');
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  const added = (table: any) =>
    table?.GlobalSecondaryIndexes?.find((index: {IndexName: string}) => index.IndexName === addedIndex);

  async function addAndDropIndex(): Promise<void> {
    const startMs = Date.now();
    await insist(
      'UpdateTable',
      {
        TableName: soakTable,
        AttributeDefinitions: [{AttributeName: 'l', AttributeType: 'S'}],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: addedIndex,
              KeySchema: [{AttributeName: 'l', KeyType: 'HASH'}],
              Projection: {ProjectionType: 'ALL'},
            },
          },
        ],
      },
      ['ValidationException', 'ResourceInUseException'],
    );
    await untilTable(
      soakTable,
      table => table?.TableStatus === 'ACTIVE' && added(table)?.IndexStatus === 'ACTIVE',
      'ACTIVE with its index',
    );
    stats.measured.fillMs = Date.now() - startMs;
    // Some time with it, and a look whether it answers.
    await sleep(1_000);
    await ask('Scan', {TableName: soakTable, IndexName: addedIndex, Limit: 100});
    await insist(
      'UpdateTable',
      {TableName: soakTable, GlobalSecondaryIndexUpdates: [{Delete: {IndexName: addedIndex}}]},
      ['ResourceNotFoundException', 'ValidationException', 'ResourceInUseException'],
    );
    await untilTable(soakTable, table => table?.TableStatus === 'ACTIVE' && !added(table), 'ACTIVE without its index');
  }
  return {makeAndDrop, addAndDropIndex};
}
