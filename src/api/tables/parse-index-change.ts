import type {IndexChange, PrepareIndex} from '../../engine/tables/table-change.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {
  AttributeDefinition,
  CreateGlobalSecondaryIndexAction,
  GlobalSecondaryIndexUpdate,
  UpdateGlobalSecondaryIndexAction,
} from '../../model/shapes.generated.ts';
import {parseGlobalSchema} from './parse-definitions.ts';
import {type IndexWords, newGlobalIndex} from './parse-new-index.ts';
import {parseOnDemandMaximum, parseWarmThroughput} from './parse-throughput.ts';

const words: IndexWords = {
  throughputMissing: index => `Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${index}`,
  throughputForbidden: index =>
    `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${index} when BillingMode is ` +
    'PAY_PER_REQUEST',
};

export function parseIndexChanges(
  updates: readonly GlobalSecondaryIndexUpdate[],
  definitions: readonly AttributeDefinition[] | undefined,
  region: string,
): IndexChange[] {
  const names = new Set<string>();
  return updates.map(update => {
    const {Create: create, Update: change, Delete: remove} = update;
    const actions = [create, change, remove].filter(action => action !== undefined);
    if (actions.length === 0) {
      throw invalidParameter(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
          'GlobalSecondaryIndexUpdate.Delete must not be null',
      );
    }
    if (actions.length > 1) {
      throw invalidParameter('Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object');
    }
    const name = actions[0]!.IndexName;
    if (names.has(name)) {
      throw invalidParameter(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${name}`,
      );
    }
    names.add(name);
    if (create) return {kind: 'create', name, prepare: prepareIndex(create, definitions, region)};
    if (change) return parseUpdate(change, region);
    return {kind: 'delete', name};
  });
}

/**
 * The definitions in the request count for attributes that the table does not define yet; AWS takes no notice of any other.
 */
function prepareIndex(
  create: CreateGlobalSecondaryIndexAction,
  definitions: readonly AttributeDefinition[] | undefined,
  region: string,
): PrepareIndex {
  const name = create.IndexName;
  if (!definitions || definitions.length === 0) {
    throw invalidParameter(`AttributeDefinitions is not specified for index: ${name}`);
  }
  const sent = definitions.map(({AttributeName, AttributeType}) => ({name: AttributeName, type: AttributeType}));
  return (known, billingMode) => {
    const byName = new Map([...sent.map(attribute => [attribute.name, attribute] as const), ...known]);
    const keySchema = parseGlobalSchema(create.KeySchema, byName);
    return {index: newGlobalIndex(create, keySchema, billingMode, region, words), keySchema};
  };
}

function parseUpdate(update: UpdateGlobalSecondaryIndexAction, region: string): IndexChange {
  const {IndexName: name, ProvisionedThroughput: units} = update;
  const throughput = units && {readUnits: units.ReadCapacityUnits, writeUnits: units.WriteCapacityUnits};
  const onDemandMaximum = parseOnDemandMaximum(update.OnDemandThroughput, {index: name, region}, -1);
  const warmThroughput = parseWarmThroughput(update.WarmThroughput);
  return {
    kind: 'update',
    name,
    ...(throughput ? {throughput} : {}),
    ...(onDemandMaximum ? {onDemandMaximum} : {}),
    ...(warmThroughput ? {warmThroughput} : {}),
  };
}
