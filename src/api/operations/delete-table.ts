import {deleteTable} from '../../engine/tables/delete-table.ts';
import type {DeleteTableInput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {tableDescription} from '../tables/table-description.ts';

export const deleteTableOperation = defineOperation({
  name: 'DeleteTable',
  parse: (wire: DeleteTableInput, caller) => tableRefOf(wire.TableName, caller),
  permissions: (table, engine) => [onTable('DeleteTable', table, engine)],
  run: async (engine, table) => ({
    TableDescription: tableDescription(await deleteTable(engine, table), engine.accountId),
  }),
});
