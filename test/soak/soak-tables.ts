import {type Call, must} from '../harness/call.ts';
import {untilSettled} from '../harness/check-table.ts';
import {soakTable} from './content.ts';

export const expiringTable = 'soak-expiring';

const key = (AttributeName: string, KeyType: string) => ({AttributeName, KeyType});
const type = (AttributeName: string, AttributeType: string) => ({AttributeName, AttributeType});

export async function createSoakTables(call: Call): Promise<void> {
  await must(call, 'CreateTable', {
    TableName: soakTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [type('p', 'S'), type('s', 'N'), type('l', 'S'), type('g', 'S'), type('n', 'N')],
    KeySchema: [key('p', 'HASH'), key('s', 'RANGE')],
    LocalSecondaryIndexes: [
      {IndexName: 'by-l', KeySchema: [key('p', 'HASH'), key('l', 'RANGE')], Projection: {ProjectionType: 'ALL'}},
    ],
    GlobalSecondaryIndexes: [
      {IndexName: 'by-g', KeySchema: [key('g', 'HASH'), key('n', 'RANGE')], Projection: {ProjectionType: 'ALL'}},
      {IndexName: 'by-n', KeySchema: [key('n', 'HASH')], Projection: {ProjectionType: 'KEYS_ONLY'}},
    ],
    StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
  });
  await must(call, 'CreateTable', {
    TableName: expiringTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [type('p', 'S'), type('g', 'S')],
    KeySchema: [key('p', 'HASH')],
    GlobalSecondaryIndexes: [
      {IndexName: 'by-g', KeySchema: [key('g', 'HASH')], Projection: {ProjectionType: 'KEYS_ONLY'}},
    ],
  });
  await must(call, 'UpdateTimeToLive', {
    TableName: expiringTable,
    TimeToLiveSpecification: {Enabled: true, AttributeName: 'e'},
  });
  await untilSettled(call, soakTable);
  await untilSettled(call, expiringTable);
}
