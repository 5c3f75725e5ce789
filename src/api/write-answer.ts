import {type Awaitable, whenReady} from '../base/awaitable.ts';
import type {Engine} from '../engine/engine.ts';
import type {WrittenItem} from '../engine/items/written-item.ts';
import {ServiceError} from '../model/service-error.ts';
import {consumedCapacity, type ReturnConsumedCapacity} from './consumed-capacity.ts';
import {itemCollectionMetrics} from './item-collection-metrics.ts';
import {RawAnswer} from './operation.ts';

/** What the caller of a write wants to be told, by the names that it used. */
export interface WriteReport {
  tableName: string;
  capacity: ReturnConsumedCapacity | undefined;
  metrics: string | undefined;
}

/** Answers PutItem, UpdateItem and DeleteItem: `attributes` is the wire text of what ReturnValues asks for. */
export function writeAnswer(
  engine: Engine,
  written: WrittenItem,
  report: WriteReport,
  attributes: Buffer | string | undefined,
): Awaitable<object> {
  if (!written.written) throw conditionFailed(written.oldJson);
  return whenReady(itemCollectionMetrics(engine, report.metrics, written), metrics => {
    const members: object = {
      ConsumedCapacity: consumedCapacity(report.capacity, report.tableName, written.consumed),
      ItemCollectionMetrics: metrics,
    };
    return attributes === undefined ? members : withRawMember(members, 'Attributes', attributes);
  });
}

/** An answer of JSON members and one that is stored text already. */
export function withRawMember(members: object, name: string, json: Buffer | string): RawAnswer {
  const text = JSON.stringify(members);
  return new RawAnswer([`{"${name}":`, json, text === '{}' ? '}' : `,${text.slice(1)}`]);
}

export function conditionFailed(oldJson: Buffer | undefined): ServiceError {
  const members = oldJson && {Item: JSON.parse(oldJson.toString('utf8')) as unknown};
  return new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', members);
}
