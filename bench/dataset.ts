/** The table of the benchmark: users with 25 orders each, and one partition of more than 1 MB for the page query. */
export const tableName = 'bench';
export const ordersPerUser = 25;
export const pageItems = 5000;
export const pagePartition = 'catalogue';

/** The CreateTable input. */
export const tableDefinition = {
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    {AttributeName: 'pk', KeyType: 'HASH'},
    {AttributeName: 'sk', KeyType: 'RANGE'},
  ],
  AttributeDefinitions: [
    {AttributeName: 'pk', AttributeType: 'S'},
    {AttributeName: 'sk', AttributeType: 'S'},
  ],
};

const digits = (value: number, width: number) => String(value).padStart(width, '0');

export const userKey = (user: number) => `user#${digits(user, 8)}`;

/** The wire form of the key of order `index`; the orders of one user follow each other. */
export function orderKey(index: number): string {
  return `{"pk":{"S":"${userKey(Math.floor(index / ordersPerUser))}"},"sk":{"S":"order#${digits(index % ordersPerUser, 6)}"}}`;
}

const cities = ['Amsterdam', 'Bratislava', 'Copenhagen', 'Dublin', 'Edinburgh', 'Florence', 'Gothenburg', 'Helsinki'];
const states = ['PENDING', 'PAID', 'SHIPPED', 'DELIVERED'];

/** The wire form of an item: 12 attributes, about 300 bytes as DynamoDB counts them. `version` varies its content. */
function item(key: string, index: number, version: number): string {
  return (
    `{${key.slice(1, -1)},"status":{"S":"${states[(index + version) % 4]}"},"customer":{"S":"Customer ${digits(index, 7)}"},` +
    `"email":{"S":"customer-${digits(index, 7)}@mail.example.com"},"city":{"S":"${cities[index % 8]}"},` +
    `"total":{"N":"${(index * 37) % 100000}.${10 + (version % 90)}"},"hits":{"N":"0"},"paid":{"BOOL":${index % 2 === 0}},` +
    `"tags":{"SS":["tag-${index % 10}","web"]},` +
    `"address":{"M":{"street":{"S":"${digits(index % 997, 3)} Long Street"},"zip":{"S":"${digits(index % 99991, 5)}"}}},` +
    `"note":{"S":"leave at the door, ring twice, mind the dog that sleeps under the stairs, and do not call before noon: ${digits(index, 10)}"}}`
  );
}

export const orderItem = (index: number, version: number) => item(orderKey(index), index, version);

const catalogueItem = (index: number) =>
  item(`{"pk":{"S":"${pagePartition}"},"sk":{"S":"product#${digits(index, 6)}"}}`, index, 0);

/** How many BatchWriteItem requests of 25 fill the table with `items` orders and the large partition. */
export const fillBatches = (items: number) => Math.ceil(items / 25) + pageItems / 25;

/** The body of the BatchWriteItem request number `batch` of those. */
export function fillBatch(items: number, batch: number): string {
  const orderBatches = Math.ceil(items / 25);
  const wires =
    batch < orderBatches
      ? Array.from({length: Math.min(25, items - batch * 25)}, (_, i) => orderItem(batch * 25 + i, 0))
      : Array.from({length: 25}, (_, i) => catalogueItem((batch - orderBatches) * 25 + i));
  return batchWriteBody(wires);
}

export function batchWriteBody(wires: readonly string[], table = tableName): string {
  return `{"RequestItems":{"${table}":[${wires.map(wire => `{"PutRequest":{"Item":${wire}}}`).join(',')}]}}`;
}
