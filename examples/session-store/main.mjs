// Sessions of a web site: looked up at every request, prolonged while in use, ended on one device or on all.
import {createHash, randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {ConditionalCheckFailedException, UpdateTimeToLiveCommand} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {withTable} from '../with-table.mjs';

const TableName = 'ExampleSessions';
const IndexName = 'ByUser';
const idleSeconds = 30 * 60;

const definition = {
  TableName,
  AttributeDefinitions: [
    {AttributeName: 'id', AttributeType: 'S'},
    {AttributeName: 'user', AttributeType: 'S'},
  ],
  KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
  GlobalSecondaryIndexes: [
    {
      IndexName,
      KeySchema: [{AttributeName: 'user', KeyType: 'HASH'}],
      Projection: {ProjectionType: 'INCLUDE', NonKeyAttributes: ['device']},
    },
  ],
};

// The database knows only a hash: who reads it still can't sign in as anybody.
const idOf = token => createHash('sha256').update(token).digest('base64url');

/** Answers the token for the cookie. Times are seconds since 1970, as time to live wants them. */
async function signIn(documents, user, device, now) {
  const token = randomBytes(32).toString('base64url');
  const Item = {id: idOf(token), user, device, createdAt: now, expiresAt: now + idleSeconds};
  await documents.send(new PutCommand({TableName, Item, ConditionExpression: 'attribute_not_exists(id)'}));
  return token;
}

/** The session of a request, prolonged; undefined when there is none or when it was idle for too long. */
async function use(documents, token, now) {
  try {
    const {Attributes} = await documents.send(
      new UpdateCommand({
        TableName,
        Key: {id: idOf(token)},
        UpdateExpression: 'SET expiresAt = :until ADD requests :one',
        // Time to live deletes some time after the expiry, so the expiry itself is checked here. An item that isn't there
        // has no expiresAt, fails too, and is not brought to life by the update.
        ConditionExpression: 'expiresAt > :now',
        ExpressionAttributeValues: {':now': now, ':until': now + idleSeconds, ':one': 1},
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

async function signOut(documents, token) {
  await documents.send(new DeleteCommand({TableName, Key: {id: idOf(token)}}));
}

async function sessionsOf(documents, user) {
  const found = [];
  const pages = paginateQuery(
    {client: documents},
    {
      TableName,
      IndexName,
      KeyConditionExpression: '#user = :user',
      ExpressionAttributeNames: {'#user': 'user'},
      ExpressionAttributeValues: {':user': user},
    },
  );
  for await (const {Items} of pages) found.push(...Items);
  return found;
}

/** Ends all sessions of a user. Answers how many there were. */
async function signOutEverywhere(documents, user) {
  const sessions = await sessionsOf(documents, user);
  for (let start = 0; start < sessions.length; start += 25) {
    let requests = sessions.slice(start, start + 25).map(({id}) => ({DeleteRequest: {Key: {id}}}));
    while (requests.length > 0) {
      const {UnprocessedItems} = await documents.send(new BatchWriteCommand({RequestItems: {[TableName]: requests}}));
      requests = UnprocessedItems?.[TableName] ?? [];
    }
  }
  return sessions.length;
}

/** The database deletes sessions by itself once their `expiresAt` is over. */
async function deleteExpired(documents) {
  const TimeToLiveSpecification = {AttributeName: 'expiresAt', Enabled: true};
  await documents.send(new UpdateTimeToLiveCommand({TableName, TimeToLiveSpecification}));
}

/** Waits some seconds at most. AWS may take days. */
async function isDeleted(documents, token) {
  for (let tries = 0; tries < 50; tries++) {
    const {Item} = await documents.send(new GetCommand({TableName, Key: {id: idOf(token)}, ConsistentRead: true}));
    if (!Item) return true;
    await sleep(200);
  }
  return false;
}

const describe = session =>
  session ? `${session.user} on the ${session.device}, request ${session.requests}` : 'nobody';

await withTable(definition, async documents => {
  await deleteExpired(documents);
  let now = Math.floor(Date.now() / 1000);
  const laptop = await signIn(documents, 'grace', 'laptop', now);
  const phone = await signIn(documents, 'grace', 'phone', now);
  const tablet = await signIn(documents, 'grace', 'tablet', now);
  const devices = (await sessionsOf(documents, 'grace')).map(({device}) => device).sort();
  console.log(`grace is signed in on: ${devices.join(', ')}`);

  console.log(`\nA request from the laptop is: ${describe(await use(documents, laptop, now))}`);
  now += 20 * 60;
  console.log(`20 minutes later: ${describe(await use(documents, laptop, now))}`);
  now += 20 * 60;
  console.log(`20 minutes later: ${describe(await use(documents, laptop, now))}`);
  console.log(`The phone was idle for those 40 minutes: ${describe(await use(documents, phone, now))}`);
  console.log(`A token that somebody made up: ${describe(await use(documents, 'made up', now))}`);

  await signOut(documents, tablet);
  console.log(`\nAfter signing out on the tablet it is: ${describe(await use(documents, tablet, now))}`);
  console.log(`Signing out everywhere ends ${await signOutEverywhere(documents, 'grace')} sessions`);
  console.log(`A request from the laptop is: ${describe(await use(documents, laptop, now))}`);

  const forgotten = await signIn(documents, 'grace', 'library', Math.floor(Date.now() / 1000) - idleSeconds - 1);
  console.log(`\nA session that was idle for too long is deleted: ${await isDeleted(documents, forgotten)}`);
});
