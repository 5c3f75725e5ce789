import type {Throughput} from '../../keyspace/table-record.ts';
import {validationError} from '../../model/service-error.ts';
import type {Capacity} from './new-table.ts';
import {limitExceeded} from './table-errors.ts';

/** `index` undefined: of the table itself. Throws when nothing would change, or at too many decreases in a day. */
export function changeThroughput(
  current: Throughput,
  wanted: Capacity,
  nowMs: number,
  index: string | undefined,
): Throughput {
  if (current.readUnits === wanted.readUnits && current.writeUnits === wanted.writeUnits) {
    throw nothingChanges(current, wanted, index);
  }
  // Less of one and more of the other counts as one decrease.
  const decreases = wanted.readUnits < current.readUnits || wanted.writeUnits < current.writeUnits;
  const increases = wanted.readUnits > current.readUnits || wanted.writeUnits > current.writeUnits;
  if (decreases) mustMayDecrease(current, nowMs);
  return {
    ...current,
    ...wanted,
    ...(increases ? {lastIncreaseMs: nowMs} : {}),
    ...(decreases ? {lastDecreaseMs: nowMs} : {}),
    decreasesToday: current.decreasesToday + (decreases ? 1 : 0),
  };
}

function nothingChanges(current: Capacity, wanted: Capacity, index: string | undefined): Error {
  const of = index === undefined ? 'the table' : `the index ${index}`;
  const provisioned = index === undefined ? 'the table' : `index ${index}`;
  return validationError(
    `The provisioned throughput for ${of} will not change. The requested value equals the current value. ` +
      `Current ReadCapacityUnits provisioned for ${provisioned}: ${current.readUnits}. ` +
      `Requested ReadCapacityUnits: ${wanted.readUnits}. ` +
      `Current WriteCapacityUnits provisioned for ${provisioned}: ${current.writeUnits}. ` +
      `Requested WriteCapacityUnits: ${wanted.writeUnits}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  );
}

const freeDecreases = 4;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

function mustMayDecrease({decreasesToday, lastDecreaseMs = 0}: Throughput, nowMs: number): void {
  if (decreasesToday < freeDecreases || nowMs >= lastDecreaseMs + hourMs) return;
  const midnightMs = Math.floor(nowMs / dayMs + 1) * dayMs;
  const nextMs = Math.min(lastDecreaseMs + hourMs, midnightMs);
  throw limitExceeded(
    'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. ' +
      `After the first ${freeDecreases} decreases, each subsequent decrease in the same UTC day can be performed at ` +
      `most once every 3600 seconds. Number of decreases today: ${decreasesToday}. ` +
      `Last decrease at ${spell(lastDecreaseMs)}. Next decrease can be made at ${spell(nextMs)}`,
  );
}

const spelling = new Intl.DateTimeFormat('en-US', {
  dateStyle: 'full',
  timeStyle: 'medium',
  timeZone: 'UTC',
});

/** `Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time`. */
function spell(atMs: number): string {
  // Intl puts a narrow no-break space before AM and PM.
  return `${spelling.format(atMs).replaceAll('\u202f', ' ')} Coordinated Universal Time`;
}
