// Readings of sensors over time: written in batches, read by time range.
import {BatchWriteCommand, paginateQuery, QueryCommand} from '@aws-sdk/lib-dynamodb';
import {withTable} from '../with-table.mjs';

const TableName = 'ExampleReadings';

const definition = {
  TableName,
  AttributeDefinitions: [
    {AttributeName: 'series', AttributeType: 'S'},
    {AttributeName: 'at', AttributeType: 'S'},
  ],
  KeySchema: [
    {AttributeName: 'series', KeyType: 'HASH'},
    {AttributeName: 'at', KeyType: 'RANGE'},
  ],
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const dayOf = date => date.toISOString().slice(0, 10);
// A partition holds one day of one sensor: it stays small however long the sensor runs, and old days can be dropped.
const seriesOf = (sensor, date) => `${sensor}#${dayOf(date)}`;

/** Writes readings of the form {sensor, at: Date, celsius}, 25 in a request, until all of them are in. */
async function write(documents, readings) {
  for (let start = 0; start < readings.length; start += 25) {
    let requests = readings.slice(start, start + 25).map(({sensor, at, celsius}) => ({
      // ISO times of one length sort like the times themselves.
      PutRequest: {Item: {series: seriesOf(sensor, at), at: at.toISOString(), celsius}},
    }));
    for (let attempt = 0; requests.length > 0; attempt++) {
      if (attempt > 0) await new Promise(resolve => setTimeout(resolve, Math.min(50 * 2 ** attempt, 5_000)));
      const {UnprocessedItems} = await documents.send(new BatchWriteCommand({RequestItems: {[TableName]: requests}}));
      requests = UnprocessedItems?.[TableName] ?? [];
    }
  }
}

/** Yields the readings of `from` ≤ time < `to`, day by day, page by page. */
async function* between(documents, sensor, from, to) {
  for (let day = Math.floor(from / dayMs) * dayMs; day < to; day += dayMs) {
    const pages = paginateQuery(
      {client: documents, pageSize: 100},
      {
        TableName,
        // BETWEEN takes both ends; the last moment before `to` is one millisecond earlier.
        KeyConditionExpression: 'series = :series AND #at BETWEEN :from AND :last',
        ExpressionAttributeNames: {'#at': 'at'},
        ExpressionAttributeValues: {
          ':series': seriesOf(sensor, new Date(day)),
          ':from': from.toISOString(),
          ':last': new Date(to - 1).toISOString(),
        },
      },
    );
    for await (const {Items} of pages) yield* Items;
  }
}

/** The newest reading of a day: the last key, so one item read. */
async function latest(documents, sensor, day) {
  const {Items} = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'series = :series',
      ExpressionAttributeValues: {':series': seriesOf(sensor, day)},
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  return Items[0];
}

/** Readings of a day above a limit. A filter spares the network, not the read: all of the day is still looked at. */
async function above(documents, sensor, day, celsius) {
  const found = [];
  let scanned = 0;
  const pages = paginateQuery(
    {client: documents},
    {
      TableName,
      KeyConditionExpression: 'series = :series',
      FilterExpression: 'celsius > :celsius',
      ProjectionExpression: '#at, celsius',
      ExpressionAttributeNames: {'#at': 'at'},
      ExpressionAttributeValues: {':series': seriesOf(sensor, day), ':celsius': celsius},
    },
  );
  for await (const page of pages) {
    found.push(...page.Items);
    scanned += page.ScannedCount;
  }
  return {found, scanned};
}

await withTable(definition, async documents => {
  const start = new Date('2026-03-01T00:00:00Z');
  const readings = [];
  for (const [n, sensor] of ['kitchen', 'cellar'].entries()) {
    for (let i = 0; i < 2 * 288; i++) {
      const wave = Math.sin((i / 288) * 2 * Math.PI - Math.PI / 2);
      const celsius = Math.round((18 - 6 * n + 4 * wave) * 10) / 10;
      readings.push({sensor, at: new Date(start.getTime() + i * 5 * minuteMs), celsius});
    }
  }
  await write(documents, readings);
  console.log(`Wrote ${readings.length} readings: two sensors, two days, one every five minutes.`);

  const from = new Date('2026-03-01T22:00:00Z');
  const to = new Date('2026-03-02T02:00:00Z');
  const night = [];
  for await (const reading of between(documents, 'kitchen', from, to)) night.push(reading);
  const mean = night.reduce((sum, {celsius}) => sum + celsius, 0) / night.length;
  console.log(`\nKitchen over midnight: ${night.length} readings, ${night[0].at} to ${night.at(-1).at}`);
  console.log(`Their mean: ${mean.toFixed(1)} °C`);

  const newest = await latest(documents, 'cellar', to);
  console.log(`\nThe cellar's newest reading: ${newest.celsius} °C at ${newest.at}`);

  const {found, scanned} = await above(documents, 'kitchen', start, 21.8);
  console.log(`\nKitchen above 21.8 °C on ${dayOf(start)}: ${found.length} of ${scanned} readings`);
  console.log(`  from ${found[0].at} to ${found.at(-1).at}`);
});
