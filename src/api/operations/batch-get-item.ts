import {whenReady} from '../../base/awaitable.ts';
import {type BatchGetTable, type BatchGotTable, batchGetItem} from '../../engine/items/batch-get-item.ts';
import {parseItem} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {BatchGetItemInput, KeysAndAttributes} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {refuseMix} from '../must-not-mix.ts';
import {type Caller, defineOperation, RawAnswer} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import type {WireBody} from '../wire.ts';

const keysMax = 100;

export const batchGetItemOperation = defineOperation({
  name: 'BatchGetItem',
  parse: (wire: BatchGetItemInput, caller) => {
    const names = Object.keys(wire.RequestItems);
    const keyCount = names.reduce((count, name) => count + wire.RequestItems[name]!.Keys.length, 0);
    if (keyCount > keysMax) throw validationError('Too many items requested for the BatchGetItem call');
    mustProjectAlike(Object.values(wire.RequestItems));
    return {
      names,
      parts: names.map(name => wire.RequestItems[name]!),
      tables: names.map(name => tableToGet(name, wire.RequestItems[name]!, caller)),
      capacity: wire.ReturnConsumedCapacity,
    };
  },
  permissions: ({tables}, engine) => tables.map(({table}) => onTable('BatchGetItem', table, engine)),
  run: (engine, {names, parts, tables, capacity}) =>
    whenReady(batchGetItem(engine, tables), got => {
      const shown = got.map(({consumed}, at) => consumedCapacity(capacity, names[at]!, consumed));
      return new RawAnswer(answerBody(names, parts, got, shown[0] ? shown : undefined));
    }),
});

function tableToGet(name: string, part: KeysAndAttributes, caller: Caller): BatchGetTable {
  mustHaveExpressions(part, bareLayer);
  const keys = part.Keys.map(key => parseItem(key, bareLayer));
  const {projection} = bindRequest(part, bareLayer);
  mustNotRepeat(keys);
  return {table: tableRefOf(name, caller), keys, projection, consistent: part.ConsistentRead === true};
}

/** One form of projection for the whole request, not only for each table (paritysuite batchGetItem, October 2026). */
function mustProjectAlike(parts: readonly KeysAndAttributes[]): void {
  refuseMix(
    parts.some(part => part.AttributesToGet) ? ['AttributesToGet'] : [],
    parts.some(part => part.ProjectionExpression !== undefined) ? ['ProjectionExpression'] : [],
  );
}

function mustNotRepeat(keys: readonly object[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    const text = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(text)) throw validationError('Provided list of item keys contains duplicates');
    seen.add(text);
  }
}

/** Items go out as they are stored, so the answer is put together as text. */
function answerBody(
  names: readonly string[],
  parts: readonly KeysAndAttributes[],
  got: readonly BatchGotTable[],
  capacity: readonly unknown[] | undefined,
): WireBody {
  const body: (string | Buffer)[] = ['{"Responses":{'];
  // Without a prototype: __proto__ is a table's name as good as any.
  const unprocessed: Record<string, KeysAndAttributes> = Object.create(null);
  names.forEach((name, at) => {
    body.push(`${at > 0 ? ',' : ''}${JSON.stringify(name)}:[`);
    got[at]!.items.forEach((item, number) => {
      if (number > 0) body.push(',');
      body.push(item);
    });
    body.push(']');
    if (got[at]!.unprocessed.length > 0) unprocessed[name] = {...parts[at]!, Keys: got[at]!.unprocessed};
  });
  body.push(`},"UnprocessedKeys":${JSON.stringify(unprocessed)}`);
  if (capacity) body.push(`,"ConsumedCapacity":${JSON.stringify(capacity)}`);
  body.push('}');
  return body;
}
