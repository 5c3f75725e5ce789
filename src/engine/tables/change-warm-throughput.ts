import type {WarmThroughput} from '../../keyspace/table-record.ts';
import {onDemandWarm} from './new-record.ts';
import type {Capacity} from './new-table.ts';
import {invalidParameter} from './table-errors.ts';

/** `index` undefined: of the table itself. It only ever grows. */
export function changeWarmThroughput(
  current: WarmThroughput = onDemandWarm,
  wanted: Partial<Capacity>,
  index: string | undefined,
): WarmThroughput {
  const of = index === undefined ? 'for table' : `for index ${index}`;
  const check = (member: string, least: number, units: number | undefined) => {
    if (units === undefined || units >= least) return;
    throw invalidParameter(
      `Requested ${member} for WarmThroughput ${of} is lower than current WarmThroughput, ` +
        'decreasing WarmThroughput is not supported',
    );
  };
  check('ReadUnitsPerSecond', current.readUnits, wanted.readUnits);
  check('WriteUnitsPerSecond', current.writeUnits, wanted.writeUnits);
  return {...current, ...wanted};
}

/** What throughput that is raised brings with it. */
export function atLeast(current: WarmThroughput | undefined, {readUnits, writeUnits}: Capacity): WarmThroughput {
  return {
    readUnits: Math.max(current?.readUnits ?? 0, readUnits),
    writeUnits: Math.max(current?.writeUnits ?? 0, writeUnits),
  };
}
