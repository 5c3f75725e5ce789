import {addTags} from '../../engine/tables/change-tags.ts';
import {validationError} from '../../model/service-error.ts';
import type {TagResourceInput} from '../../model/shapes.generated.ts';
import {type Caller, defineOperation, RawAnswer} from '../operation.ts';
import {onTable} from '../table-ref.ts';
import {parseTags} from '../tables/parse-tags.ts';
import {mustBeOwn, parseTaggedResource} from '../tables/tagged-resource.ts';

/** The answer has no body at all (dynalite, from the service). */
const noContent = new RawAnswer([]);

export const tagResourceOperation = defineOperation({
  name: 'TagResource',
  parse: (wire: TagResourceInput, caller: Caller) => {
    const resource = parseTaggedResource(wire.ResourceArn, caller);
    if (wire.Tags.length === 0) throw validationError('Atleast one Tag needs to be provided as Input.');
    return {resource, tags: parseTags(wire.Tags)};
  },
  permissions: ({resource}, engine) => [onTable('TagResource', resource.table, engine)],
  run: async (engine, {resource, tags}) => {
    mustBeOwn(resource, engine);
    await addTags(engine, resource.table, tags, resource.notFound);
    return noContent;
  },
});
