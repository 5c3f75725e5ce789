import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {KeyAttribute, KeySchema} from '../../engine/tables/table-types.ts';
import {capacityFor, hashSetOrder} from '../../model/hash-set-order.ts';
import {validationError} from '../../model/service-error.ts';
import type {AttributeDefinition, KeySchemaElement} from '../../model/shapes.generated.ts';

/** Attribute definitions by name, in the order of the request. Throws ValidationException for a name that comes twice. */
export function parseDefinitions(definitions: readonly AttributeDefinition[]): Map<string, KeyAttribute> {
  const byName = new Map<string, KeyAttribute>();
  for (const {AttributeName: name, AttributeType: type} of definitions) {
    if (byName.has(name)) throw validationError(`Attribute Name is duplicated: ${name}`);
    byName.set(name, {name, type});
  }
  return byName;
}

type Definitions = ReadonlyMap<string, KeyAttribute>;

/**
 * The key of a table or of a local index: a HASH element, then perhaps a RANGE element. Order of checks: dynalite's tests
 * against the service (test/createTable.js).
 */
export function parsePairSchema(elements: readonly KeySchemaElement[], definitions: Definitions): KeySchema {
  if (elements.length > definitions.size) {
    throw validationError('Invalid KeySchema: Some index key attribute have no definition');
  }
  mustBeDefined(elements, definitions);
  const [first, second] = elements;
  if (second && first!.AttributeName === second.AttributeName) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  mustStartWithHash(elements);
  if (second && second.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  return schemaOf(elements, definitions);
}

const partsMax = 4;

/** The key of a global index: one to four HASH elements, then up to four RANGE elements. */
export function parseGlobalSchema(elements: readonly KeySchemaElement[], definitions: Definitions): KeySchema {
  mustBeDefined(elements, definitions);
  if (new Set(elements.map(element => element.AttributeName)).size < elements.length) {
    throw validationError('The KeySchema contains multiple key attributes with the same name');
  }
  mustStartWithHash(elements);
  const firstRange = elements.findIndex(element => element.KeyType === 'RANGE');
  if (firstRange !== -1 && elements.slice(firstRange).some(element => element.KeyType === 'HASH')) {
    throw invalidParameter('All HASH key attributes must precede RANGE key attributes in the KeySchema');
  }
  for (const kind of ['HASH', 'RANGE'] as const) {
    if (elements.filter(element => element.KeyType === kind).length > partsMax) {
      throw invalidParameter(`The KeySchema exceeds the maximum allowed number of ${kind} key attributes`);
    }
  }
  return schemaOf(elements, definitions);
}

function mustBeDefined(elements: readonly KeySchemaElement[], definitions: Definitions): void {
  const names = elements.map(element => element.AttributeName);
  if (names.every(name => definitions.has(name))) return;
  throw invalidParameter(
    'Some index key attributes are not defined in AttributeDefinitions. ' +
      `Keys: [${hashSetOrder(names, 16).join(', ')}], AttributeDefinitions: [${listDefinitions(definitions)}]`,
  );
}

/** Throws ValidationException for definitions that no key uses. */
export function mustUseAll(definitions: Definitions, used: readonly string[], hasIndexes: boolean): void {
  const usedNames = new Set(used);
  if (usedNames.size === definitions.size) return;
  throw invalidParameter(
    hasIndexes
      ? `Some AttributeDefinitions are not used. AttributeDefinitions: [${listDefinitions(definitions)}], ` +
          `keys used: [${hashSetOrder(used, 16).join(', ')}]`
      : 'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
  );
}

function listDefinitions(definitions: Definitions): string {
  return hashSetOrder([...definitions.keys()], capacityFor(definitions.size)).join(', ');
}

function mustStartWithHash(elements: readonly KeySchemaElement[]): void {
  if (elements[0]!.KeyType === 'HASH') return;
  throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
}

function schemaOf(elements: readonly KeySchemaElement[], definitions: Definitions): KeySchema {
  const ofKind = (kind: KeySchemaElement['KeyType']) =>
    elements.filter(element => element.KeyType === kind).map(element => definitions.get(element.AttributeName)!);
  return {partition: ofKind('HASH'), sort: ofKind('RANGE')};
}
