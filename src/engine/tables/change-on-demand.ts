import type {OnDemandMaximum} from '../../keyspace/table-record.ts';

/** Members that are not named stay; -1 lifts one. Undefined when none is left. */
export function changeOnDemandMaximum(
  current: OnDemandMaximum | undefined,
  wanted: OnDemandMaximum,
): OnDemandMaximum | undefined {
  const {readUnits = -1, writeUnits = -1} = {...current, ...wanted};
  if (readUnits === -1 && writeUnits === -1) return undefined;
  return {...(readUnits === -1 ? {} : {readUnits}), ...(writeUnits === -1 ? {} : {writeUnits})};
}
