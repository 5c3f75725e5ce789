import type {TableChange} from '../../engine/tables/table-change.ts';
import {updateTable} from '../../engine/tables/update-table.ts';
import type {TableRef} from '../../engine/tables/with-tables.ts';
import type {UpdateTableInput} from '../../model/shapes.generated.ts';
import {type Caller, defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {mustAskForSomething} from '../tables/must-ask-for-something.ts';
import {mustBeSupported} from '../tables/must-be-supported.ts';
import {mustGoTogether} from '../tables/must-go-together.ts';
import {parseIndexChanges} from '../tables/parse-index-change.ts';
import {parseSse} from '../tables/parse-sse.ts';
import {parseStreamChange} from '../tables/parse-stream-change.ts';
import {parseCapacity, parseOnDemandMaximum, parseWarmThroughput} from '../tables/parse-throughput.ts';
import {tableDescription} from '../tables/table-description.ts';
import {withBillingMode} from '../tables/with-billing-mode.ts';

export const updateTableOperation = defineOperation({
  name: 'UpdateTable',
  parse: parseTableChange,
  permissions: ({table}, engine) => [onTable('UpdateTable', table, engine)],
  run: async (engine, {table, change}) => ({
    TableDescription: tableDescription(await updateTable(engine, table, change), engine.accountId),
  }),
});

function parseTableChange(sent: UpdateTableInput, caller: Caller): {table: TableRef; change: TableChange} {
  const wire = withBillingMode(sent);
  const table = tableRefOf(wire.TableName, caller);
  mustBeSupported(wire, [
    'ReplicaUpdates',
    'MultiRegionConsistency',
    'GlobalTableWitnessUpdates',
    'GlobalTableSettingsReplicationMode',
    'VectorIndexUpdates',
  ]);
  mustAskForSomething(wire);
  mustGoTogether(wire);
  const throughput = wire.ProvisionedThroughput && parseCapacity(wire.ProvisionedThroughput);
  const onDemandMaximum = parseOnDemandMaximum(wire.OnDemandThroughput, {region: table.region}, -1);
  const warmThroughput = parseWarmThroughput(wire.WarmThroughput);
  const indexChanges = parseIndexChanges(
    wire.GlobalSecondaryIndexUpdates ?? [],
    wire.AttributeDefinitions,
    table.region,
  );
  const change: TableChange = {
    indexChanges,
    ...(wire.BillingMode ? {billingMode: wire.BillingMode} : {}),
    ...(throughput ? {throughput} : {}),
    ...(onDemandMaximum ? {onDemandMaximum} : {}),
    ...(warmThroughput ? {warmThroughput} : {}),
    ...(wire.StreamSpecification ? {stream: parseStreamChange(wire.StreamSpecification)} : {}),
    ...(wire.SSESpecification ? {sse: parseSse(wire.SSESpecification) ?? false} : {}),
    ...(wire.TableClass ? {tableClass: wire.TableClass} : {}),
    ...(wire.DeletionProtectionEnabled === undefined ? {} : {deletionProtection: wire.DeletionProtectionEnabled}),
  };
  return {table, change};
}
