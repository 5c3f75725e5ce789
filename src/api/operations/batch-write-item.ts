import {whenReady} from '../../base/awaitable.ts';
import {addConsumed, consumedOfTable} from '../../engine/capacity.ts';
import {type BatchWrite, batchWriteItem} from '../../engine/items/batch-write-item.ts';
import type {WrittenItem} from '../../engine/items/written-item.ts';
import {parseItem} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {BatchWriteItemInput, WriteRequest} from '../../model/shapes.generated.ts';
import {olderLayer} from '../../model/value-layer.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {metricsByTable} from '../item-collection-metrics.ts';
import {newItemOfWire} from '../new-item-of.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

const writesMax = 25;

export const batchWriteItemOperation = defineOperation({
  name: 'BatchWriteItem',
  items: ['RequestItems', '*', '*', 'PutRequest', 'Item'],
  parse: (wire: BatchWriteItemInput, caller) => {
    const names = Object.keys(wire.RequestItems);
    const writeCount = names.reduce((count, name) => count + wire.RequestItems[name]!.length, 0);
    if (writeCount > writesMax) throw validationError('Too many items requested for the BatchWriteItem call');
    return {
      names,
      tables: names.map(name => ({
        table: tableRefOf(name, caller),
        writes: wire.RequestItems[name]!.map(writeOf),
      })),
      requests: wire.RequestItems,
      capacity: wire.ReturnConsumedCapacity,
      metrics: wire.ReturnItemCollectionMetrics,
    };
  },
  permissions: ({tables}, engine) => tables.map(({table}) => onTable('BatchWriteItem', table, engine)),
  run: (engine, {names, tables, requests, capacity, metrics}) =>
    whenReady(batchWriteItem(engine, tables), outcomes => {
      const written = outcomes.map(each => each.filter(outcome => outcome !== undefined));
      const shown = written.map((writes, at) => consumedCapacity(capacity, names[at]!, sumOf(writes)));
      const UnprocessedItems = unprocessed(names, requests, outcomes);
      const answer = {UnprocessedItems, ConsumedCapacity: shown[0] ? shown : undefined};
      if (metrics !== 'SIZE') return answer;
      return metricsByTable(engine, names, written).then(byTable => ({...answer, ItemCollectionMetrics: byTable}));
    }),
});

function writeOf({PutRequest, DeleteRequest}: WriteRequest): BatchWrite {
  if (PutRequest && DeleteRequest) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (PutRequest) return {kind: 'put', item: newItemOfWire(PutRequest.Item, olderLayer)};
  if (DeleteRequest) return {kind: 'delete', key: parseItem(DeleteRequest.Key, olderLayer)};
  throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

/**
 * What is in conflict with a transaction comes back for another try: the operation has no error for it (service model), its
 * writes succeed or fail one by one, and what it can't process it hands back (API reference). Nobody has recorded it.
 */
function unprocessed(
  names: readonly string[],
  requests: Readonly<Record<string, WriteRequest[]>>,
  outcomes: readonly (readonly (WrittenItem | undefined)[])[],
): Record<string, WriteRequest[]> {
  // Without a prototype: __proto__ is a table's name as good as any.
  const left: Record<string, WriteRequest[]> = Object.create(null);
  for (const [number, name] of names.entries()) {
    const requestsLeft = requests[name]!.filter((_, at) => outcomes[number]![at] === undefined);
    if (requestsLeft.length > 0) left[name] = requestsLeft;
  }
  return left;
}

function sumOf(writes: readonly WrittenItem[]) {
  const sum = consumedOfTable(0);
  for (const {consumed} of writes) addConsumed(sum, consumed);
  return sum;
}
