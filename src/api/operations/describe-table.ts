import {describeTable} from '../../engine/tables/describe-table.ts';
import type {DescribeTableInput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {tableDescription} from '../tables/table-description.ts';

export const describeTableOperation = defineOperation({
  name: 'DescribeTable',
  parse: (wire: DescribeTableInput, caller) => tableRefOf(wire.TableName, caller),
  permissions: (table, engine) => [onTable('DescribeTable', table, engine)],
  run: async (engine, table) => ({Table: tableDescription(await describeTable(engine, table), engine.accountId)}),
});
