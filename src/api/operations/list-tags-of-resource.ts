import {listTags} from '../../engine/tables/change-tags.ts';
import {validationError} from '../../model/service-error.ts';
import type {ListTagsOfResourceInput} from '../../model/shapes.generated.ts';
import {type Caller, defineOperation} from '../operation.ts';
import {onTable} from '../table-ref.ts';
import {mustBeOwn, parseTaggedResource} from '../tables/tagged-resource.ts';

export const listTagsOfResourceOperation = defineOperation({
  name: 'ListTagsOfResource',
  parse: (wire: ListTagsOfResourceInput, caller: Caller) => {
    const resource = parseTaggedResource(wire.ResourceArn, caller);
    // All fit on one page (ack-api-quirks DDB-TABLE-108), so no token was ever handed out.
    if (wire.NextToken !== undefined) throw validationError('Invalid NextToken');
    return resource;
  },
  permissions: ({table}, engine) => [onTable('ListTagsOfResource', table, engine)],
  run: async (engine, resource) => {
    mustBeOwn(resource, engine);
    const tags = await listTags(engine, resource.table, resource.notFound);
    return {Tags: tags.map(({key, value}) => ({Key: key, Value: value}))};
  },
});
