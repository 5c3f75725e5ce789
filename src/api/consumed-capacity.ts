import {type Consumed, totalUnits} from '../engine/capacity.ts';

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE';

/** The ConsumedCapacity member as AWS shows it; undefined unless it was asked for. */
export function consumedCapacity(
  asked: ReturnConsumedCapacity | undefined,
  tableName: string,
  consumed: Consumed,
): object | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const total = {TableName: tableName, CapacityUnits: totalUnits(consumed)};
  if (asked === 'TOTAL') return total;
  return {
    ...total,
    Table: {CapacityUnits: consumed.table},
    ...unitsByIndex('LocalSecondaryIndexes', consumed.local),
    ...unitsByIndex('GlobalSecondaryIndexes', consumed.global),
  };
}

function unitsByIndex(member: string, units: Record<string, number>): object {
  const names = Object.keys(units);
  if (names.length === 0) return {};
  return {[member]: Object.fromEntries(names.map(name => [name, {CapacityUnits: units[name]}]))};
}
