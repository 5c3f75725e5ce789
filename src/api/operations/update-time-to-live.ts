import {updateTimeToLive} from '../../engine/ttl/update-time-to-live.ts';
import type {UpdateTimeToLiveInput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

export const updateTimeToLiveOperation = defineOperation({
  name: 'UpdateTimeToLive',
  parse: (wire: UpdateTimeToLiveInput, caller) => {
    const {Enabled: enabled, AttributeName: attribute} = wire.TimeToLiveSpecification;
    return {table: tableRefOf(wire.TableName, caller), setting: {enabled, attribute}};
  },
  permissions: ({table}, engine) => [onTable('UpdateTimeToLive', table, engine)],
  run: async (engine, {table, setting}) => {
    await updateTimeToLive(engine, table, setting);
    return {TimeToLiveSpecification: {Enabled: setting.enabled, AttributeName: setting.attribute}};
  },
});
