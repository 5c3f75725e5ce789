import {type Awaitable, whenReady} from '../base/awaitable.ts';
import type {Engine} from '../engine/engine.ts';
import {collectionSize, type WrittenItem} from '../engine/items/written-item.ts';

const bytesPerGb = 1024 ** 3;

/**
 * The ItemCollectionMetrics member of a write; undefined unless asked for, and for tables without local indexes. The
 * estimate is the range of whole gigabytes in which the size lies: [0, 1] for a small collection
 * (paritysuite putItem/itemCollectionMetrics, October 2026).
 */
export function itemCollectionMetrics(
  engine: Engine,
  asked: string | undefined,
  written: WrittenItem,
): Awaitable<object | undefined> {
  if (asked !== 'SIZE') return undefined;
  return whenReady(collectionSize(engine, written), size => {
    if (!size) return undefined;
    const lower = Math.floor(size.bytes / bytesPerGb);
    return {ItemCollectionKey: {[size.partitionName]: size.partition}, SizeEstimateRangeGB: [lower, lower + 1]};
  });
}

/** One entry for each item collection that was written to, however many of its items were. */
export async function metricsByTable(
  engine: Engine,
  names: readonly string[],
  written: readonly (readonly WrittenItem[])[],
): Promise<object> {
  // Without a prototype: __proto__ is a table's name as good as any.
  const byTable: Record<string, object[]> = Object.create(null);
  for (const [at, writes] of written.entries()) {
    const collections = new Map(writes.map(write => [write.at.hash.toString('latin1'), write]));
    const metrics = await Promise.all(
      [...collections.values()].map(write => itemCollectionMetrics(engine, 'SIZE', write)),
    );
    const present = metrics.filter(entry => entry !== undefined);
    if (present.length > 0) byTable[names[at]!] = present;
  }
  return byTable;
}
