import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {validationError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import {statusAt} from '../tables/table.ts';
import {noSuchTable} from '../tables/table-errors.ts';
import {findTable, type TableRef} from '../tables/with-tables.ts';

/** The attribute is forgotten once time to live is off. What is off is cleared unseen, as with AWS. */
export type TimeToLiveState = {status: 'DISABLED'} | {status: 'ENABLING' | 'ENABLED'; attribute: string};

export function describeTimeToLive(engine: Engine, ref: TableRef): Awaitable<TimeToLiveState> {
  return whenReady(findTable(engine, ref), table => {
    if (!table) throw noSuchTable(ref.name);
    const status = statusAt(table.record, engine.clock.now());
    if (status === 'CREATING' || status === 'DELETING') {
      throw validationError(
        `Cannot describe time to live while table is in ${status} state: Current table state is ${status}`,
      );
    }
    const on = table.record.timeToLive?.on;
    if (!on) return {status: 'DISABLED'};
    return {status: on.filled ? 'ENABLED' : 'ENABLING', attribute: on.attribute};
  });
}
