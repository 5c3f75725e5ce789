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
