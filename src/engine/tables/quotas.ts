import type {Capacity, NewIndex} from './new-table.ts';
import {limitExceeded} from './table-errors.ts';

/** What AWS grants an account for one table or index before it asks for more. */
export const tableUnitsMax = 40_000;
/** For all of an account's tables and indexes in a region. Told by DescribeLimits, held against nothing. */
export const accountUnitsMax = 80_000;

export const globalIndexesMax = 20;
export const localIndexesMax = 5;

/** Throws LimitExceededException for more units than an account may give one table, or one index of it. */
export function mustFitQuotas(
  region: string,
  throughput: Capacity | undefined,
  indexes: readonly Pick<NewIndex, 'name' | 'throughput'>[],
): void {
  if (throughput) mustFitUnits(throughput, region, 'table', '');
  for (const index of indexes) {
    if (index.throughput) mustFitUnits(index.throughput, region, 'index', ` for index ${index.name}`);
  }
}

function mustFitUnits({readUnits, writeUnits}: Capacity, region: string, of: string, forIndex: string): void {
  const mustFit = (member: string, units: number) => {
    if (units <= tableUnitsMax) return;
    // "Per table maximum" in the message about an index, too: seen with the real service.
    throw limitExceeded(
      `The requested ${member}${forIndex}, ${units}, is above the per ${of} maximum for the account in ${region}. ` +
        `Per table maximum: ${tableUnitsMax}. Refer to the Amazon DynamoDB Developer Guide for current limits and ` +
        'how to request higher limits.',
    );
  };
  mustFit('ReadCapacityUnits', readUnits);
  mustFit('WriteCapacityUnits', writeUnits);
}
