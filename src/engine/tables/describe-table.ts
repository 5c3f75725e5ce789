import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import type {Engine} from '../engine.ts';
import {settle} from './settle.ts';
import {noSuchTable} from './table-errors.ts';
import {type TableView, viewTable} from './table-view.ts';
import {findTable, type TableRef} from './with-tables.ts';

/** Throws ResourceNotFoundException. */
export function describeTable(engine: Engine, ref: TableRef): Awaitable<TableView> {
  return whenReady(findTable(engine, ref), table => {
    const record = table && settle(table.record, engine.clock.now());
    if (!record) throw noSuchTable(ref.name);
    return viewTable(engine, record);
  });
}
