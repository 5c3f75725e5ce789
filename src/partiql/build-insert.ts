import {type AttributeValue, type Item, setAttribute} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {literalFields, literalValue} from './literal-value.ts';
import type {InsertStatement} from './tree.ts';

/** The attributes of an item; a number stands for a parameter. */
export type InsertTemplate = readonly (readonly [name: string, value: AttributeValue | number])[];

/** The item of an INSERT. Throws ValidationException. */
export function buildInsert({value, single, returning}: InsertStatement): InsertTemplate {
  if (!single) {
    throw validationError(
      'Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead',
    );
  }
  if (value.kind !== 'struct') {
    throw validationError(
      'Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.',
    );
  }
  if (returning !== undefined) throw validationError('RETURNING is not supported in INSERT');
  return literalFields(
    value.fields,
    'root',
    (name, member) => [name, member.kind === 'parameter' ? member.number : literalValue(member)] as const,
  );
}

/** A new item on each call. */
export function insertedItem(template: InsertTemplate, parameters: readonly AttributeValue[]): Item {
  const item: Item = {};
  for (const [name, value] of template) {
    setAttribute(item, name, typeof value === 'number' ? parameters[value]! : value);
  }
  return item;
}
