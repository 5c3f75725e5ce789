import {type AttributeValue, type KeyAttributeType, typeOf} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import type {KeyClause, KeyCondition, KeyOperator} from './key-condition.ts';

interface KeyAttribute {
  name: string;
  type: KeyAttributeType;
}

/** One to four attributes, and none to four, in the order of the key schema. */
export interface KeySchema {
  partition: readonly KeyAttribute[];
  sort: readonly KeyAttribute[];
}

/** What a query asks of a table's or index's keys. */
export interface KeySelection {
  /** One value for each partition key attribute. */
  partition: readonly AttributeValue[];
  /** What the first sort key attributes must equal. */
  sortEquals: readonly AttributeValue[];
  /** What the sort key attribute after them must meet; it has no `=`. */
  sortRange: {operator: Exclude<KeyOperator, '='>; values: readonly AttributeValue[]} | undefined;
}

/**
 * Matches a key condition to a key schema. Throws ValidationException. Messages and order: paritysuite
 * multiAttributeGsiKey and queryKeyConditionOperands, dynalite test/query.js; of several partition key attributes
 * scylladb's test_gsi_composite_keys.py. `lookAt` comes before the condition on each key attribute.
 */
export function resolveKeyCondition(
  {clauses}: KeyCondition,
  schema: KeySchema,
  lookAt: (attribute: KeyAttribute) => void = () => {},
): KeySelection {
  const attributes = schema.partition.length + schema.sort.length;
  if (clauses.length > attributes) {
    throw validationError(
      `The number of query conditions (${clauses.length}) exceeds the number of key attributes ` +
        `defined in the schema (${attributes})`,
    );
  }
  const partition: AttributeValue[] = [];
  for (const attribute of schema.partition) {
    lookAt(attribute);
    const clause = findClause(clauses, attribute);
    if (clause?.operator === '=') partition.push(clause.values[0]!);
    else if (schema.partition.length > 1) throw missedEqualities(clauses, schema.partition);
    else if (clause === undefined) throw missedElement(attribute.name);
    else throw validationError('Query key condition not supported');
  }
  const sort = schema.sort.map(attribute => {
    lookAt(attribute);
    return findClause(clauses, attribute);
  });
  const found = partition.length + sort.filter(clause => clause !== undefined).length;
  if (found < clauses.length) throw missedElement(missedSortAttribute(schema, sort));
  return {partition, ...resolveSort(schema.sort, sort)};
}

function resolveSort(
  attributes: readonly KeyAttribute[],
  clauses: readonly (IndexableClause | undefined)[],
): Pick<KeySelection, 'sortEquals' | 'sortRange'> {
  const last = clauses.findLastIndex(clause => clause !== undefined);
  const sortEquals: AttributeValue[] = [];
  const loose: string[] = [];
  for (let i = 0; i < last; i++) {
    const clause = clauses[i];
    if (clause?.operator === '=') sortEquals.push(clause.values[0]!);
    else loose.push(attributes[i]!.name);
  }
  if (loose.length > 0) {
    throw validationError(
      `RANGE key attributes ${loose.join(', ')} must have equality conditions specified in the query ` +
        `because a condition is present on key attribute ${attributes[last]!.name}`,
    );
  }
  const clause = clauses[last];
  if (clause === undefined) return {sortEquals, sortRange: undefined};
  const {operator, values} = clause;
  if (operator !== '=') return {sortEquals, sortRange: {operator, values}};
  sortEquals.push(values[0]!);
  return {sortEquals, sortRange: undefined};
}

type IndexableClause = KeyClause & {operator: KeyOperator};

function findClause(clauses: readonly KeyClause[], {name, type}: KeyAttribute): IndexableClause | undefined {
  const clause = clauses.find(({attribute}) => attribute === name);
  if (clause && !isIndexable(clause)) {
    throw validationError('Attempted conditional constraint is not an indexable operation');
  }
  if (clause?.values.some(value => typeOf(value) !== type)) {
    throw validationError(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  }
  return clause;
}

function isIndexable(clause: KeyClause): clause is IndexableClause {
  return clause.operator !== 'unindexable';
}

/** The sort key attribute in whose place a condition names something else. */
function missedSortAttribute({partition, sort}: KeySchema, clauses: readonly (KeyClause | undefined)[]): string {
  const missed = sort[clauses.indexOf(undefined)];
  // There are no more clauses than attributes, so one of them must be without.
  return (missed ?? partition[0]!).name;
}

/** AWS speaks of HASH and of equality (test_gsi_composite_keys.py); the words between are those that it has of RANGE. */
function missedEqualities(clauses: readonly KeyClause[], attributes: readonly KeyAttribute[]) {
  const loose = attributes.filter(attribute => findClause(clauses, attribute)?.operator !== '=');
  const names = loose.map(({name}) => name).join(', ');
  return validationError(`HASH key attributes ${names} must have equality conditions specified in the query`);
}

function missedElement(name: string) {
  return validationError(`Query condition missed key schema element: ${name}`);
}
