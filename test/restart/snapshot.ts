import {type Call, must} from '../harness/call.ts';
import {canonical, checkTable, scanAll} from '../harness/check-table.ts';

/** What callers see of a table and all that is in it. */
export interface Snapshot {
  description: unknown;
  tags: unknown;
  items: string[];
}

/** Holds the table to itself, too. */
export async function snapshot(call: Call, TableName: string): Promise<Snapshot> {
  await checkTable(call, TableName);
  const {Table} = await must(call, 'DescribeTable', {TableName});
  const {Tags} = await must(call, 'ListTagsOfResource', {ResourceArn: Table.TableArn});
  // In the order in which they are scanned.
  const items = (await scanAll(call, TableName)).map(canonical);
  return {description: Table, tags: Tags, items};
}
