import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {UpdateTableInput} from '../../model/shapes.generated.ts';

type Member = keyof UpdateTableInput;

const changing: readonly Member[] = [
  'SSESpecification',
  'TableClass',
  'DeletionProtectionEnabled',
  'WarmThroughput',
  'ProvisionedThroughput',
  'BillingMode',
  'StreamSpecification',
  'GlobalSecondaryIndexUpdates',
  'OnDemandThroughput',
];

/** In the order in which the service names them when several come together. */
const alone: readonly (readonly [Member, string])[] = [
  ['SSESpecification', 'Server-Side Encryption modification must be the only operation in the request'],
  ['TableClass', 'TableClass modification must be the only operation in the request'],
  ['DeletionProtectionEnabled', 'DeletionProtection modification must be the only operation in the request'],
];

/**
 * UpdateTable takes one concern at a time: pairs of members were tried on the service in October 2026, and all but those
 * around BillingMode were refused, whatever the table's state.
 */
export function mustGoTogether(wire: UpdateTableInput): void {
  const has = (member: Member) => wire[member] !== undefined;
  const count = changing.filter(has).length;
  for (const [member, detail] of alone) {
    if (has(member) && count > 1) throw invalidParameter(detail);
  }
  const online = (wire.GlobalSecondaryIndexUpdates ?? []).filter(update => update.Create || update.Delete);
  if (has('WarmThroughput') && count > 1) {
    throw invalidParameter(
      online.some(update => update.Create)
        ? 'Create global secondary index cannot be specified when updating WarmThroughput'
        : 'WarmThroughput must be the only operation in the request',
    );
  }
  if (has('OnDemandThroughput') && count > (has('BillingMode') ? 2 : 1)) {
    throw invalidParameter('OnDemandThroughput can only be combined with BillingMode in an UpdateTable request');
  }
  mustGoWithBilling(wire);
  const changesIops = has('ProvisionedThroughput') || wire.BillingMode === 'PROVISIONED';
  if (has('StreamSpecification') && changesIops) {
    throw invalidParameter('You cannot modify stream status while updating table IOPS');
  }
  if (online.length === 0) return;
  if (changesIops) throw invalidParameter('You cannot create or delete index while updating table IOPS');
  if (has('StreamSpecification')) {
    throw invalidParameter('You cannot create or delete index while changing stream status');
  }
}

function mustGoWithBilling({BillingMode: mode, ProvisionedThroughput: throughput}: UpdateTableInput): void {
  if (mode === 'PROVISIONED' && !throughput) {
    throw invalidParameter('ProvisionedThroughput must be specified when BillingMode is PROVISIONED');
  }
  if (mode === 'PAY_PER_REQUEST' && throughput) {
    throw invalidParameter('ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST');
  }
}
