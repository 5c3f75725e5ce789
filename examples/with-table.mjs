// What every example needs around it: a database, a client, and a table that is there only while the example runs.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {DynamoDBDocumentClient} from '@aws-sdk/lib-dynamodb';
import {prepare} from '../scripts/prepare.mjs';

/** `STATOR_ENDPOINT` names a server that runs already; without it an in-memory one lives inside this process. */
async function openDatabase() {
  const given = process.env.STATOR_ENDPOINT;
  if (given) return {endpoint: given, close: async () => {}};
  await prepare();
  const {startStator} = await import('stator');
  return startStator();
}

/**
 * Creates the table that `definition` describes (the input of CreateTable), hands a document client to `run`, and takes
 * everything down again, also when `run` fails.
 */
export async function withTable(definition, run) {
  const {endpoint, close} = await openDatabase();
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: {accessKeyId: 'example', secretAccessKey: 'example'},
  });
  const {TableName} = definition;
  const waiting = {client, maxWaitTime: 30, minDelay: 1, maxDelay: 2};
  try {
    await client.send(new CreateTableCommand({BillingMode: 'PAY_PER_REQUEST', ...definition}));
    await waitUntilTableExists(waiting, {TableName});
    try {
      await run(DynamoDBDocumentClient.from(client));
    } finally {
      await client.send(new DeleteTableCommand({TableName}));
      await waitUntilTableNotExists(waiting, {TableName});
    }
  } finally {
    client.destroy();
    await close();
  }
}
