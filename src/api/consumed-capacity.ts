import {type Consumed, totalUnits} from '../engine/capacity.ts';

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE';

/** Transactions alone also say which kind of units they consumed (paritysuite #69 and transactWrite, eu-west-2, 2026-07). */
export type UnitsMember = 'ReadCapacityUnits' | 'WriteCapacityUnits';

/** The ConsumedCapacity member as AWS shows it; undefined unless it was asked for. */
export function consumedCapacity(
  asked: ReturnConsumedCapacity | undefined,
  tableName: string,
  consumed: Consumed,
  alsoAs?: UnitsMember,
): object | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const show = (units: number) => (alsoAs ? {CapacityUnits: units, [alsoAs]: units} : {CapacityUnits: units});
  const total = {TableName: tableName, ...show(totalUnits(consumed))};
  if (asked === 'TOTAL') return total;
  return {
    ...total,
    Table: show(consumed.table),
    ...unitsByIndex('LocalSecondaryIndexes', consumed.local, show),
    ...unitsByIndex('GlobalSecondaryIndexes', consumed.global, show),
  };
}

function unitsByIndex(member: string, units: Record<string, number>, show: (units: number) => object): object {
  const names = Object.keys(units);
  if (names.length === 0) return {};
  return {[member]: Object.fromEntries(names.map(name => [name, show(units[name]!)]))};
}
