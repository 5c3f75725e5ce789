import {createTable} from '../../engine/tables/create-table.ts';
import type {NewTable} from '../../engine/tables/new-table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {CreateTableInput} from '../../model/shapes.generated.ts';
import {type Caller, defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {mustBeSupported} from '../tables/must-be-supported.ts';
import {parseDefinitions, parsePairSchema} from '../tables/parse-definitions.ts';
import {parseNewIndexes} from '../tables/parse-new-indexes.ts';
import {parseNewStream} from '../tables/parse-new-stream.ts';
import {parseResourcePolicy} from '../tables/parse-resource-policy.ts';
import {parseSse} from '../tables/parse-sse.ts';
import {parseTags} from '../tables/parse-tags.ts';
import {parseCapacity, parseNewWarmThroughput, parseOnDemandMaximum} from '../tables/parse-throughput.ts';
import {tableDescription} from '../tables/table-description.ts';
import {withBillingMode} from '../tables/with-billing-mode.ts';

export const createTableOperation = defineOperation({
  name: 'CreateTable',
  parse: parseNewTable,
  permissions: (table, engine) => [onTable('CreateTable', table, engine)],
  run: async (engine, table) => ({
    TableDescription: tableDescription(await createTable(engine, table), engine.accountId),
  }),
});

/** Checks in the order of the service: throughput, keys, indexes, then what stands alone. */
function parseNewTable(sent: CreateTableInput, caller: Caller): NewTable {
  const wire = withBillingMode(sent);
  const {region, name} = tableRefOf(wire.TableName, caller);
  mustBeSupported(wire, ['VectorIndexes', 'GlobalTableSourceArn', 'GlobalTableSettingsReplicationMode']);
  const billingMode = wire.BillingMode ?? 'PROVISIONED';
  mustMatchBillingMode(wire, billingMode);
  const throughput = wire.ProvisionedThroughput && parseCapacity(wire.ProvisionedThroughput);

  const definitions = parseDefinitions(wire.AttributeDefinitions ?? []);
  const keySchema = parsePairSchema(wire.KeySchema ?? [], definitions);
  const indexes = parseNewIndexes(wire, keySchema, definitions, billingMode, region);

  const onDemandMaximum = parseOnDemandMaximum(wire.OnDemandThroughput, {region}, 1);
  const warmThroughput = parseNewWarmThroughput(wire.WarmThroughput, {region}, throughput);
  const streamViewType = wire.StreamSpecification && parseNewStream(wire.StreamSpecification);
  const sse = wire.SSESpecification && parseSse(wire.SSESpecification);
  const resourcePolicy = wire.ResourcePolicy === undefined ? undefined : parseResourcePolicy(wire.ResourcePolicy);
  return {
    region,
    name,
    // AWS shows them sorted.
    attributeDefinitions: [...definitions.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    keySchema,
    indexes,
    billingMode,
    deletionProtection: wire.DeletionProtectionEnabled ?? false,
    tags: parseTags(wire.Tags ?? []),
    ...(throughput ? {throughput} : {}),
    ...(onDemandMaximum ? {onDemandMaximum} : {}),
    ...(warmThroughput ? {warmThroughput} : {}),
    ...(wire.TableClass ? {tableClass: wire.TableClass} : {}),
    ...(streamViewType ? {streamViewType} : {}),
    ...(sse ? {sse} : {}),
    ...(resourcePolicy === undefined ? {} : {resourcePolicy}),
  };
}

function mustMatchBillingMode(wire: CreateTableInput, billingMode: NewTable['billingMode']): void {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (!wire.ProvisionedThroughput) return;
    throw invalidParameter(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (!wire.ProvisionedThroughput) {
    throw invalidParameter(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  for (const member of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    if (wire.OnDemandThroughput?.[member] === undefined) continue;
    throw invalidParameter(
      `${member} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.`,
    );
  }
}
