import type {NewIndex} from '../../engine/tables/new-table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {KeySchema, TableRecord} from '../../engine/tables/table-types.ts';
import type {GlobalSecondaryIndex, LocalSecondaryIndex} from '../../model/shapes.generated.ts';
import {parseProjection} from './parse-projection.ts';
import {parseCapacity, parseNewWarmThroughput, parseOnDemandMaximum} from './parse-throughput.ts';

export function newLocalIndex(index: LocalSecondaryIndex, keySchema: KeySchema): NewIndex {
  return {kind: 'local', name: index.IndexName, keySchema, projection: parseProjection(index.Projection)};
}

/** `missingThroughput` and the like: the words differ between CreateTable and UpdateTable. */
export interface IndexWords {
  throughputMissing(index: string): string;
  throughputForbidden(index: string): string;
}

export function newGlobalIndex(
  index: GlobalSecondaryIndex,
  keySchema: KeySchema,
  billingMode: TableRecord['billingMode'],
  region: string,
  words: IndexWords,
): NewIndex {
  const name = index.IndexName;
  const projection = parseProjection(index.Projection);
  const holder = {index: name, region};
  const onDemand = billingMode === 'PAY_PER_REQUEST';
  if (onDemand && index.ProvisionedThroughput) throw invalidParameter(words.throughputForbidden(name));
  if (!onDemand && !index.ProvisionedThroughput) throw invalidParameter(words.throughputMissing(name));
  if (!onDemand) mustNotLimitOnDemand(index, name);
  const throughput = index.ProvisionedThroughput && parseCapacity(index.ProvisionedThroughput);
  const onDemandMaximum = parseOnDemandMaximum(index.OnDemandThroughput, holder, 1);
  const warmThroughput = parseNewWarmThroughput(index.WarmThroughput, holder, throughput);
  return {
    kind: 'global',
    name,
    keySchema,
    projection,
    ...(throughput ? {throughput} : {}),
    ...(onDemandMaximum ? {onDemandMaximum} : {}),
    ...(warmThroughput ? {warmThroughput} : {}),
  };
}

function mustNotLimitOnDemand({OnDemandThroughput: asked}: GlobalSecondaryIndex, name: string): void {
  for (const member of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    if (asked?.[member] === undefined) continue;
    throw invalidParameter(
      `${member} for OnDemandThroughput for index: ${name} cannot be specified when table BillingMode is PROVISIONED.`,
    );
  }
}
