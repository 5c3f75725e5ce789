import {onDemandWarm} from '../../engine/tables/new-record.ts';
import type {Capacity} from '../../engine/tables/new-table.ts';
import {tableUnitsMax} from '../../engine/tables/quotas.ts';
import {invalidParameter, limitExceeded} from '../../engine/tables/table-errors.ts';
import type {OnDemandMaximum} from '../../engine/tables/table-types.ts';
import {validationError} from '../../model/service-error.ts';
import type {OnDemandThroughput, ProvisionedThroughput, WarmThroughput} from '../../model/shapes.generated.ts';

const capacityUnitsMax = 1_000_000_000_000;

export function parseCapacity(throughput: ProvisionedThroughput): Capacity {
  for (const member of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    const units = throughput[member];
    if (units > capacityUnitsMax) throw validationError(`Given value ${units} for ${member} is out of bounds`);
  }
  return {readUnits: throughput.ReadCapacityUnits, writeUnits: throughput.WriteCapacityUnits};
}

/** How messages name the table, or one of its indexes: the words differ, as does the space before a colon. */
export interface Holder {
  /** Undefined: the table itself. */
  index?: string;
  region: string;
}

/** `least`: 1 for something new; -1 where it may lift a maximum. 0 is never allowed. Undefined when nothing is asked for. */
export function parseOnDemandMaximum(
  asked: OnDemandThroughput | undefined,
  holder: Holder,
  least: 1 | -1,
): OnDemandMaximum | undefined {
  const check = (member: keyof OnDemandThroughput, quota: string) => {
    const units = asked?.[member];
    if (units === undefined) return undefined;
    const of = holder.index === undefined ? 'for table' : `for index : ${holder.index}`;
    const requested = `Requested ${member} for OnDemandThroughput ${of}`;
    if (units < least || units === 0) throw invalidParameter(`${requested} is outside of valid range`);
    if (units > tableUnitsMax) {
      throw limitExceeded(
        `Subscriber limit exceeded: ${requested} exceeds ${quota} of the account in region ${holder.region}`,
      );
    }
    return units;
  };
  const readUnits = check('MaxReadRequestUnits', 'TableMaxReadCapacityUnits');
  const writeUnits = check('MaxWriteRequestUnits', 'TableMaxWriteCapacityUnits');
  if (readUnits === undefined && writeUnits === undefined) return undefined;
  return {...(readUnits === undefined ? {} : {readUnits}), ...(writeUnits === undefined ? {} : {writeUnits})};
}

const onDemandGuide =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html' +
  '#on-demand-capacity-mode-initial';

/** Of something new, which may not start with less than what it gets anyway. `throughput` where that is provisioned. */
export function parseNewWarmThroughput(
  asked: WarmThroughput | undefined,
  holder: Holder,
  throughput: Capacity | undefined,
): Partial<Capacity> | undefined {
  const warm = parseWarmThroughput(asked);
  if (!warm) return undefined;
  const of = holder.index === undefined ? 'for table' : `for index ${holder.index}`;
  const least = throughput ?? onDemandWarm;
  const check = (units: number | undefined, atLeast: number, member: string, capacity: string) => {
    if (units === undefined || units >= atLeast) return;
    const than = throughput
      ? `${capacity} of ProvisionedThroughput`
      : `initial throughput for OnDemand. See: ${onDemandGuide}`;
    throw invalidParameter(`Requested ${member} for WarmThroughput ${of} is lower than ${than}`);
  };
  check(warm.readUnits, least.readUnits, 'ReadUnitsPerSecond', 'ReadCapacityUnits');
  check(warm.writeUnits, least.writeUnits, 'WriteUnitsPerSecond', 'WriteCapacityUnits');
  return warm;
}

/** Undefined when nothing is asked for. */
export function parseWarmThroughput(asked: WarmThroughput | undefined): Partial<Capacity> | undefined {
  const {ReadUnitsPerSecond: readUnits, WriteUnitsPerSecond: writeUnits} = asked ?? {};
  if (readUnits === undefined && writeUnits === undefined) return undefined;
  return {...(readUnits === undefined ? {} : {readUnits}), ...(writeUnits === undefined ? {} : {writeUnits})};
}
