import {describeTimeToLive} from '../../engine/ttl/describe-time-to-live.ts';
import type {DescribeTimeToLiveInput, TimeToLiveDescription} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

export const describeTimeToLiveOperation = defineOperation({
  name: 'DescribeTimeToLive',
  parse: (wire: DescribeTimeToLiveInput, caller) => tableRefOf(wire.TableName, caller),
  permissions: (table, engine) => [onTable('DescribeTimeToLive', table, engine)],
  run: async (engine, table) => {
    const state = await describeTimeToLive(engine, table);
    const description: TimeToLiveDescription = {TimeToLiveStatus: state.status};
    if (state.status !== 'DISABLED') description.AttributeName = state.attribute;
    return {TimeToLiveDescription: description};
  },
});
