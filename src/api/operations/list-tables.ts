import {listTables} from '../../engine/tables/list-tables.ts';
import type {ListTablesInput, ListTablesOutput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';

const limitDefault = 100;

export const listTablesOperation = defineOperation({
  name: 'ListTables',
  parse: (wire: ListTablesInput, {region}) => ({
    region,
    afterName: wire.ExclusiveStartTableName ?? '',
    limit: wire.Limit ?? limitDefault,
  }),
  permissions: () => [{action: 'dynamodb:ListTables', resource: '*'}],
  run: async (engine, {region, afterName, limit}): Promise<ListTablesOutput> => {
    const {names, more} = await listTables(engine, region, afterName, limit);
    return {TableNames: names, ...(more ? {LastEvaluatedTableName: names.at(-1)!} : {})};
  },
});
