import type {TableRecord} from '../../keyspace/table-record.ts';
import type {StreamSettings} from './stream-settings.ts';

const shardsMax = 64;
/** What one partition holds and takes on AWS, where each has a shard of its own. */
const partitionBytes = 10 * 1024 ** 3;
const partitionWriteUnits = 1_000;

/** The shards that a stream of this table should have: a power of two, so that ranges are only ever halved. */
export function wantedShards(
  {throughput}: Pick<TableRecord, 'throughput'>,
  tableBytes: number,
  {shardsMin}: StreamSettings,
): number {
  const wanted = Math.max(shardsMin, tableBytes / partitionBytes, throughput.writeUnits / partitionWriteUnits);
  let count = 1;
  while (count < wanted && count < shardsMax) count *= 2;
  return count;
}
