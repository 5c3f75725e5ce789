// A game leaderboard: the best score of every player, the top of the list, and anybody's rank.
import {ConditionalCheckFailedException} from '@aws-sdk/client-dynamodb';
import {GetCommand, QueryCommand, UpdateCommand} from '@aws-sdk/lib-dynamodb';
import {withTable} from '../with-table.mjs';

const TableName = 'ExampleLeaderboard';
const IndexName = 'ByScore';

const definition = {
  TableName,
  AttributeDefinitions: [
    {AttributeName: 'game', AttributeType: 'S'},
    {AttributeName: 'player', AttributeType: 'S'},
    {AttributeName: 'best', AttributeType: 'N'},
  ],
  KeySchema: [
    {AttributeName: 'game', KeyType: 'HASH'},
    {AttributeName: 'player', KeyType: 'RANGE'},
  ],
  // The same items once more, in the order of their scores: a leaderboard is a read, never a sort.
  GlobalSecondaryIndexes: [
    {
      IndexName,
      KeySchema: [
        {AttributeName: 'game', KeyType: 'HASH'},
        {AttributeName: 'best', KeyType: 'RANGE'},
      ],
      Projection: {ProjectionType: 'KEYS_ONLY'},
    },
  ],
};

/** Counts the game, and keeps the score when it beats the player's best. Answers whether it did. */
async function report(documents, game, player, score) {
  const Key = {game, player};
  await documents.send(
    new UpdateCommand({TableName, Key, UpdateExpression: 'ADD played :one', ExpressionAttributeValues: {':one': 1}}),
  );
  try {
    await documents.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET best = :score',
        // Two reports that arrive at once can't undo each other: the database compares and writes in one step.
        ConditionExpression: 'attribute_not_exists(best) OR best < :score',
        ExpressionAttributeValues: {':score': score},
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The best players, best first. `from` is where the page before ended. */
async function top(documents, game, count, from) {
  const {Items, LastEvaluatedKey} = await documents.send(
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: 'game = :game',
      ExpressionAttributeValues: {':game': game},
      ScanIndexForward: false,
      Limit: count,
      ExclusiveStartKey: from,
    }),
  );
  return {players: Items, next: LastEvaluatedKey};
}

/** 1 for the best player. Counts who is better without fetching anybody; undefined for a player without a score. */
async function rankOf(documents, game, player) {
  const {Item} = await documents.send(new GetCommand({TableName, Key: {game, player}}));
  if (Item?.best === undefined) return undefined;
  let better = 0;
  let ExclusiveStartKey;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName,
        IndexName,
        Select: 'COUNT',
        KeyConditionExpression: 'game = :game AND best > :best',
        ExpressionAttributeValues: {':game': game, ':best': Item.best},
        ExclusiveStartKey,
      }),
    );
    better += page.Count;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return better + 1;
}

await withTable(definition, async documents => {
  const game = 'tetris';
  const names = ['ada', 'alan', 'barbara', 'donald', 'edsger', 'frances', 'grace', 'john', 'margaret', 'tony'];
  console.log(`Three rounds of ${game} for ${names.length} players …`);
  for (let round = 1; round <= 3; round++) {
    await Promise.all(names.map((player, i) => report(documents, game, player, ((i * 7 + round * 4) % 11) * 100 + i)));
  }

  const first = await top(documents, game, 3);
  console.log('\nThe top three:');
  first.players.forEach(({player, best}, i) => {
    console.log(`  ${i + 1}. ${player.padEnd(10)} ${best}`);
  });
  const second = await top(documents, game, 3, first.next);
  console.log('The three after them:');
  second.players.forEach(({player, best}, i) => {
    console.log(`  ${i + 4}. ${player.padEnd(10)} ${best}`);
  });

  console.log(`\nmargaret's rank: ${await rankOf(documents, game, 'margaret')}`);
  console.log(`A worse score counts: ${await report(documents, game, 'margaret', 1)}`);
  console.log(`A better score counts: ${await report(documents, game, 'margaret', 5000)}`);
  console.log(`margaret's rank: ${await rankOf(documents, game, 'margaret')}`);
  const {Item} = await documents.send(new GetCommand({TableName, Key: {game, player: 'margaret'}}));
  console.log(`margaret played ${Item.played} games, her best is ${Item.best}`);
});
