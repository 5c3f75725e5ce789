// Where the real service's constraint messages differ from what the model file implies. Sources: [P] paritysuite
// dynamodb-conformance (tests/tier3, captures of 2026-09 and 2026-10), [A] ack-api-quirks DDB-TABLE-457 (2026-10-09),
// [D] dynalite's tests (older; used where no newer answer is known).

/**
 * The order in which the members of a structure are reported, where it is not the model's. Members left out follow in the
 * model's order.
 */
export const memberOrder: Readonly<Record<string, readonly string[]>> = {
  // [D]; returnConsumedCapacity, returnValues, returnItemCollectionMetrics also [P] o_put_three_bad_enums.
  PutItemInput: [
    'ReturnConsumedCapacity',
    'TableName',
    'Item',
    'ConditionalOperator',
    'Expected',
    'ReturnValues',
    'ReturnItemCollectionMetrics',
  ],
  // [P] updateItem.test.ts: returnConsumedCapacity, tableName, returnValues, key; conditionalOperator before key.
  UpdateItemInput: [
    'ReturnConsumedCapacity',
    'TableName',
    'ReturnItemCollectionMetrics',
    'ReturnValues',
    'ConditionalOperator',
    'Key',
    'Expected',
    'AttributeUpdates',
  ],
  // [D]; returnConsumedCapacity before returnValues also [P].
  DeleteItemInput: [
    'ReturnConsumedCapacity',
    'TableName',
    'ReturnValues',
    'ReturnItemCollectionMetrics',
    'Key',
    'ConditionalOperator',
    'Expected',
  ],
  GetItemInput: ['AttributesToGet', 'ReturnConsumedCapacity', 'Key', 'TableName'], // [D]
  // [D]
  QueryInput: [
    'Select',
    'IndexName',
    'ReturnConsumedCapacity',
    'QueryFilter',
    'TableName',
    'ConditionalOperator',
    'AttributesToGet',
    'Limit',
    'KeyConditions',
  ],
  // [D]
  ScanInput: [
    'Select',
    'IndexName',
    'TotalSegments',
    'ReturnConsumedCapacity',
    'TableName',
    'ConditionalOperator',
    'ScanFilter',
    'Segment',
    'Limit',
    'AttributesToGet',
  ],
  BatchGetItemInput: ['RequestItems', 'ReturnConsumedCapacity'], // [P] batchOperations.test.ts
  BatchWriteItemInput: ['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics', 'RequestItems'], // [P], [D]
  // [P] transactions.test.ts
  TransactWriteItemsInput: ['ClientRequestToken', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
  TransactGetItemsInput: ['ReturnConsumedCapacity'],
  WriteRequest: ['DeleteRequest', 'PutRequest'], // [D]
  // [D]; global before local indexes [P] createTable.test.ts.
  CreateTableInput: [
    'AttributeDefinitions',
    'TableName',
    'BillingMode',
    'TableThroughputMode',
    'ProvisionedThroughput',
    'KeySchema',
    'GlobalSecondaryIndexes',
    'LocalSecondaryIndexes',
  ],
  // [D]
  UpdateTableInput: [
    'TableName',
    'ProvisionedThroughput',
    'BillingMode',
    'TableThroughputMode',
    'GlobalSecondaryIndexUpdates',
  ],
  GlobalSecondaryIndexUpdate: ['Update', 'Create', 'Delete'], // [D]
  CreateGlobalSecondaryIndexAction: ['Projection', 'IndexName', 'ProvisionedThroughput', 'KeySchema'], // [D]
  AttributeDefinition: ['AttributeType', 'AttributeName'], // [A] ct_attrdefs_empty_entry
  ProvisionedThroughput: ['WriteCapacityUnits', 'ReadCapacityUnits'], // [A] gsi_update_pt_empty_real
  Projection: ['ProjectionType', 'NonKeyAttributes'], // [D]
};

/** The order in which an enum's values are listed, by the name of its shape; else the model's. */
export const enumOrder: Readonly<Record<string, readonly string[]>> = {
  ReturnConsumedCapacity: ['INDEXES', 'TOTAL', 'NONE'], // [P]
  ReturnValue: ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'], // [P]
  ReturnItemCollectionMetrics: ['SIZE', 'NONE'], // [P]
  ConditionalOperator: ['OR', 'AND'], // [P]
  Select: ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'], // [P]
  // [D]
  ComparisonOperator: [
    'IN',
    'NULL',
    'BETWEEN',
    'LT',
    'NOT_CONTAINS',
    'EQ',
    'GT',
    'NOT_NULL',
    'NE',
    'LE',
    'BEGINS_WITH',
    'GE',
    'CONTAINS',
  ],
  ScalarAttributeType: ['B', 'N', 'S'], // [P], [A]
  KeyType: ['HASH', 'RANGE'], // [P]
  BillingMode: ['PROVISIONED', 'PAY_PER_REQUEST'], // [P], [A]
  ProjectionType: ['ALL', 'INCLUDE', 'KEYS_ONLY'], // [D]
  StreamViewType: ['OLD_IMAGE', 'KEYS_ONLY', 'NEW_AND_OLD_IMAGES', 'NEW_IMAGE'], // [A]
  ContributorInsightsAction: ['ENABLE', 'DISABLE'], // [A]
  ContributorInsightsMode: ['THROTTLED_KEYS', 'ACCESSED_AND_THROTTLED_KEYS'], // [A]
};

/** Members whose list is bounded though the model no longer says so: multi-attribute keys are for global indexes only. */
export const listMax: Readonly<Record<string, number>> = {
  'CreateTableInput.KeySchema': 2, // [P] c_ct_3keys
  'LocalSecondaryIndex.KeySchema': 2, // [D]
};

/** Shapes whose bounds are checked later, one at a time and in other words. */
export const checkedLater: ReadonlySet<string> = new Set([
  'Tag', // [A] "The Tag Key provided is invalid, Key: null"
  'TagKeyString',
  'TagValueString',
  'BackupArn', // [A] "Invalid Backup ARN"
  'TableArn', // [A] "Invalid TableArn: Invalid Table ARN"; the members named TableName have their own check
  'StreamArn', // "Invalid StreamArn", also of eleven characters (aws-sdk-js features/extra, run against the service)
  'AttributeName', // names beyond 65,535 bytes: refused with the item
]);

/** Members that are missed before anything else, in other words. */
export const missedFirst: ReadonlySet<string> = new Set([
  'CreateTable', // [P] createTable.test.ts
  'DescribeTable', // these [D]
  'UpdateTable',
  'DeleteTable',
  'DescribeTimeToLive',
]);

/** Operations on items: a text that is too short or has a bad letter breaks the pattern first [D]. */
const itemOperations = [
  'PutItem',
  'GetItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
];

export const onItems: ReadonlySet<string> = new Set(itemOperations);

/** Where the pattern of a text is reported before its length: [D] for items, [A] for the other two. Else after it [A]. */
export const patternFirst: ReadonlySet<string> = new Set([...itemOperations, 'ListTables', 'CreateBackup']);

/** Members that the service prints and the model does not have, after the model's own. [P] c_bw_over25 */
export const hiddenMembers: Readonly<Record<string, readonly string[]>> = {
  PutRequest: ['workloadProfileName'],
  AttributeValue: [
    's',
    'n',
    'b',
    'iNT',
    'dECIMAL',
    'dOUBLE',
    'sS',
    'nS',
    'bS',
    'iNTSET',
    'dECIMALSET',
    'dOUBLESET',
    'm',
    'l',
    'nULL',
    'bOOL',
  ],
};
