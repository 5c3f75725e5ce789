import {type AttributeValue, type Item, setAttribute} from '../model/attribute-value.ts';
import {formatNumber, olderNumberFaultMessage, parseNumber} from '../model/number.ts';
import {validationError} from '../model/service-error.ts';
import {sortMembers} from '../model/set-members.ts';
import {at} from './place.ts';
import type {Expression} from './tree.ts';

/** Each value of an item is converted on its own and is called `root` in messages (Floci's captures, eu-west-2, 2026). */
const nestingLevelsMax = 32;

/** The value that a literal stands for. Throws ValidationException in AWS's words (paritysuite partiqlGrammar). */
export function literalValue(expression: Expression): AttributeValue {
  return convert(expression, 'root', 0);
}

/** The members of a struct as attributes, each of which `convertValue` makes. */
export function literalFields<T>(
  fields: Extract<Expression, {kind: 'struct'}>['fields'],
  path: string,
  use: (name: string, value: Expression) => T,
): T[] {
  const names = new Set<string>();
  return fields.map(([name, value]) => {
    if (name.kind !== 'string') {
      throw validationError(`Tuple keys must be of type String. Actual type: ${typeLabel(name)} under ${path}`);
    }
    if (name.value === '') throw validationError('Empty attribute name');
    if (names.has(name.value)) throw validationError(`Duplicate keys in tuple. Key: ${name.value} under ${path}`);
    names.add(name.value);
    return use(name.value, value);
  });
}

function convert(expression: Expression, path: string, depth: number): AttributeValue {
  if (depth >= nestingLevelsMax) throw tooDeep(path);
  switch (expression.kind) {
    case 'string':
      return {S: expression.value.toWellFormed()};
    case 'number':
      return {N: convertNumber(expression.value, path)};
    case 'constant':
      return convertConstant(expression, path);
    case 'list':
      if (depth === nestingLevelsMax - 1 && expression.elements.length === 0) throw tooDeep(path);
      return {L: expression.elements.map((element, i) => convert(element, `${path}[${i}]`, depth + 1))};
    case 'struct': {
      if (depth === nestingLevelsMax - 1 && expression.fields.length === 0) throw tooDeep(path);
      const members: Item = {};
      literalFields(expression.fields, path, (name, value) =>
        setAttribute(members, name, convert(value, `${path}.${name}`, depth + 1)),
      );
      return {M: members};
    }
    case 'bag':
      return convertBag(expression.elements, path);
    default:
      throw validationError(`Unsupported data type: ${typeLabel(expression)} under key ${path}${at(expression.place)}`);
  }
}

function convertConstant({value, place}: Extract<Expression, {kind: 'constant'}>, path: string): AttributeValue {
  if (value === 'null') return {NULL: true};
  if (value === 'missing') {
    throw validationError(`Unsupported data type: LiteralMissing under key ${path}${at(place)}`);
  }
  return {BOOL: value === 'true'};
}

function convertNumber(text: string, path: string): string {
  const parsed = parseNumber(text);
  if (typeof parsed !== 'string') return formatNumber(parsed);
  throw validationError(`${olderNumberFaultMessage(parsed, text)} under ${path}`);
}

function convertBag(elements: readonly Expression[], path: string): AttributeValue {
  const [first] = elements;
  if (first === undefined) throw validationError('Empty bags are not supported');
  const kind = first.kind;
  if ((kind !== 'string' && kind !== 'number') || elements.some(element => element.kind !== kind)) {
    throw validationError('Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags');
  }
  const sent = elements.map(element => (element as {value: string}).value);
  const type = kind === 'string' ? 'SS' : 'NS';
  const members = kind === 'string' ? sent.map(member => member.toWellFormed()) : sent.map(n => convertNumber(n, path));
  if (!sortMembers(type, members)) {
    const invalid = `One or more parameter values were invalid: Input collection [${sent.join(', ')}] contains duplicates`;
    throw validationError(kind === 'string' ? `${invalid}.` : `${invalid}! under ${path}`);
  }
  return (kind === 'string' ? {SS: members} : {NS: members}) as AttributeValue;
}

function typeLabel(expression: Expression): string {
  if (expression.kind === 'call') return expression.name;
  if (expression.kind === 'parameter') return 'Parameter';
  return expression.kind === 'operator' ? expression.name : 'VariableReference';
}

function tooDeep(path: string) {
  return validationError(`Nesting Levels have exceeded supported limits under ${path}`);
}
