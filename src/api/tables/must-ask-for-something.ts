import {invalidParameter} from '../../engine/tables/table-errors.ts';
import {validationError} from '../../model/service-error.ts';
import type {UpdateTableInput} from '../../model/shapes.generated.ts';

/** Members that change something. AttributeDefinitions changes nothing by itself. */
const changing = [
  'ProvisionedThroughput',
  'BillingMode',
  'StreamSpecification',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'WarmThroughput',
  'TableClass',
] as const satisfies readonly (keyof UpdateTableInput)[];

/** An empty list of index updates counts as nothing when alone, and is refused beside anything else. */
export function mustAskForSomething(wire: UpdateTableInput): void {
  const asks = changing.some(member => wire[member] !== undefined);
  const updates = wire.GlobalSecondaryIndexUpdates;
  if (asks) {
    if (updates?.length === 0) throw invalidParameter('List of GlobalSecondaryIndexUpdates is empty');
    return;
  }
  if (updates && updates.length > 0) return;
  // As the service words it in October 2026, members included that its model does not show.
  throw validationError(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, ' +
      'SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, ' +
      'DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
  );
}
