import type {NewIndex} from '../../engine/tables/new-table.ts';
import {globalIndexesMax, localIndexesMax} from '../../engine/tables/quotas.ts';
import {namesOf} from '../../engine/tables/table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {KeyAttribute, KeySchema, TableRecord} from '../../engine/tables/table-types.ts';
import type {CreateTableInput} from '../../model/shapes.generated.ts';
import {mustUseAll, parseGlobalSchema, parsePairSchema} from './parse-definitions.ts';
import {type IndexWords, newGlobalIndex, newLocalIndex} from './parse-new-index.ts';

const words: IndexWords = {
  throughputMissing: index => `ProvisionedThroughput is not specified for index: ${index}`,
  throughputForbidden: index =>
    `ProvisionedThroughput should not be specified for index: ${index} when BillingMode is PAY_PER_REQUEST`,
};

/**
 * The indexes of a new table. Key schemas are looked at first, all of them; then whether every definition is used; then
 * the rest, index by index, and how many there are at last. Evidence: dynalite's test/createTable.js, and probes of the
 * service in October 2026 (an unused definition masks every other fault of an index).
 */
export function parseNewIndexes(
  wire: CreateTableInput,
  tableSchema: KeySchema,
  definitions: ReadonlyMap<string, KeyAttribute>,
  billingMode: TableRecord['billingMode'],
  region: string,
): NewIndex[] {
  const {LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global} = wire;
  if (local) mustTakeLocalIndexes(local.length, tableSchema);
  const localSchemas = (local ?? []).map(index => {
    const schema = parsePairSchema(index.KeySchema, definitions);
    mustFitTable(index.IndexName, schema, tableSchema);
    return schema;
  });
  if (global?.length === 0) throw invalidParameter('List of GlobalSecondaryIndexes is empty');
  const globalSchemas = (global ?? []).map(index => parseGlobalSchema(index.KeySchema, definitions));

  const used = [tableSchema, ...localSchemas, ...globalSchemas].flatMap(namesOf);
  mustUseAll(definitions, used, local !== undefined || global !== undefined);

  const indexes: NewIndex[] = [];
  const names = new Set<string>();
  const add = (index: NewIndex) => {
    if (names.has(index.name)) throw invalidParameter(`Duplicate index name: ${index.name}`);
    names.add(index.name);
    indexes.push(index);
  };
  local?.forEach((index, at) => {
    add(newLocalIndex(index, localSchemas[at]!));
  });
  if (local && local.length > localIndexesMax) {
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${localIndexesMax}`);
  }
  global?.forEach((index, at) => {
    add(newGlobalIndex(index, globalSchemas[at]!, billingMode, region, words));
  });
  if (global && global.length > globalIndexesMax) {
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`);
  }
  mustProjectFew(indexes);
  return indexes;
}

function mustTakeLocalIndexes(count: number, tableSchema: KeySchema): void {
  if (count === 0) throw invalidParameter('List of LocalSecondaryIndexes is empty');
  if (tableSchema.sort.length === 0) {
    throw invalidParameter(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  }
}

function mustFitTable(name: string, schema: KeySchema, tableSchema: KeySchema): void {
  if (schema.sort.length === 0) {
    throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
  }
  const [indexHash, tableHash] = [schema.partition[0]!.name, tableSchema.partition[0]!.name];
  if (indexHash !== tableHash) {
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
        `index hash key: ${indexHash}, table hash key: ${tableHash}`,
    );
  }
}

const projectedAttributesMax = 100;

// The limit is documented for all indexes of a table together; the words are not on record.
function mustProjectFew(indexes: readonly NewIndex[]): void {
  let projected = 0;
  for (const {projection} of indexes) projected += projection.kind === 'INCLUDE' ? projection.attributes.length : 0;
  if (projected <= projectedAttributesMax) return;
  throw invalidParameter(
    `Number of NonKeyAttributes projected into all indexes exceeds per-table limit of ${projectedAttributesMax}`,
  );
}
