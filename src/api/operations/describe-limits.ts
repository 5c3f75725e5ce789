import {accountUnitsMax, tableUnitsMax} from '../../engine/tables/quotas.ts';
import type {DescribeLimitsInput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';

export const describeLimitsOperation = defineOperation({
  name: 'DescribeLimits',
  parse: (_wire: DescribeLimitsInput) => ({}),
  permissions: () => [{action: 'dynamodb:DescribeLimits', resource: '*'}],
  run: () => ({
    AccountMaxReadCapacityUnits: accountUnitsMax,
    AccountMaxWriteCapacityUnits: accountUnitsMax,
    TableMaxReadCapacityUnits: tableUnitsMax,
    TableMaxWriteCapacityUnits: tableUnitsMax,
  }),
});
