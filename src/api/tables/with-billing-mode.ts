import type {UpdateTableInput} from '../../model/shapes.generated.ts';

/** The mode has two names, of which the older decides (ExtendDB's tests, raw requests to AWS, August 2026). */
export function withBillingMode<Wire extends Pick<UpdateTableInput, 'BillingMode' | 'TableThroughputMode'>>(
  wire: Wire,
): Wire {
  const {BillingMode, TableThroughputMode: mode} = wire;
  return BillingMode === undefined && mode !== undefined ? {...wire, BillingMode: mode} : wire;
}
