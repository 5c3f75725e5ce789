import {removeTags} from '../../engine/tables/change-tags.ts';
import {validationError} from '../../model/service-error.ts';
import type {UntagResourceInput} from '../../model/shapes.generated.ts';
import {type Caller, defineOperation, RawAnswer} from '../operation.ts';
import {onTable} from '../table-ref.ts';
import {parseTagKeys} from '../tables/parse-tags.ts';
import {mustBeOwn, parseTaggedResource} from '../tables/tagged-resource.ts';

/** The answer has no body at all (dynalite, from the service). */
const noContent = new RawAnswer([]);

export const untagResourceOperation = defineOperation({
  name: 'UntagResource',
  parse: (wire: UntagResourceInput, caller: Caller) => {
    const resource = parseTaggedResource(wire.ResourceArn, caller);
    if (wire.TagKeys.length === 0) throw validationError('Atleast one Tag Key needs to be provided as Input.');
    return {resource, keys: parseTagKeys(wire.TagKeys)};
  },
  permissions: ({resource}, engine) => [onTable('UntagResource', resource.table, engine)],
  run: async (engine, {resource, keys}) => {
    mustBeOwn(resource, engine);
    await removeTags(engine, resource.table, keys, resource.notFound);
    return noContent;
  },
});
