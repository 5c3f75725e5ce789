import {type AttributeValue, type Item, setAttribute} from './attribute-value.ts';
import {formatNumber, isPlainNumber, numberFaultMessage, olderNumberFaultMessage, parseNumber} from './number.ts';
import {repeatedMemberMessage} from './repeated-member.ts';
import {ServiceError, validationError} from './service-error.ts';
import {type SetType, sortMembers} from './set-members.ts';
import {utf8Size} from './text-order.ts';
import type {ValueLayer} from './value-layer.ts';

/**
 * An attribute value after the JSON types were checked: members that are unknown or null may still be there, none or several
 * may be set. Binaries are canonical base64 (anything else was a SerializationException).
 */
export type WireValue = {
  S?: string | null;
  N?: string | null;
  B?: string | null;
  SS?: string[] | null;
  NS?: string[] | null;
  BS?: string[] | null;
  M?: {[name: string]: WireValue} | null;
  L?: WireValue[] | null;
  BOOL?: boolean | null;
  NULL?: boolean | null;
};
export type WireItem = {[name: string]: WireValue};

/** The order in which the service looks at the members of one value, when there are several. */
const memberTypes = ['S', 'SS', 'N', 'NS', 'B', 'BS', 'M', 'L', 'BOOL', 'NULL'] as const;

const invalid = 'One or more parameter values were invalid: ';
const emptyValueMessage = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const severalTypesMessage =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';
// A null in a list or map reaches the service (aws/aws-sdk-java#2103).
const nullValueMessage = 'The supplied Item contains a null AttributeValue';
/** Also the answer when an update makes a stored item too deep. */
export const nestingMessage =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';

/** An attribute of an item is level 1; a list or map at this level is refused, so the deepest leaf is at level 32. */
const nestingLevelsMax = 32;
const attributeNameBytesMax = 65_535;

/**
 * Checks an item (or key, or ExclusiveStartKey) and puts it into DynamoDB's normal form: numbers as plain decimals, sets in
 * order, each value with exactly one member. Changes `wire` in place and returns it. Throws ValidationException.
 */
export function parseItem(wire: WireItem, layer: ValueLayer): Item {
  // A name at the top is refused before any value is looked at (paritysuite deepRequests).
  for (const name in wire) checkAttributeName(name, layer);
  try {
    parseMembers(wire, 1, layer);
  } catch (error) {
    // A value that is nested too deep comes before the name of any map's member, wherever the two are (deepRequests).
    if (error instanceof MemberNameRefusal && isNestedTooDeep(wire)) throw refusal(nestingMessage, layer);
    throw error;
  }
  return wire as Item;
}

class MemberNameRefusal extends ServiceError {}

/** Checks ExpressionAttributeValues; the names (`:v`) are the expression parsers' business. Changes `wire` in place. */
export function parseExpressionValues(wire: WireItem, layer: ValueLayer): Item {
  for (const name in wire) {
    try {
      const value = wire[name]!;
      const parsed = parseValue(value, layer.older ? 0 : 1, layer);
      if (parsed !== value) setAttribute(wire as Item, name, parsed);
    } catch (error) {
      if (!layer.older || !(error instanceof ServiceError)) throw error;
      throw validationError(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${name}`);
    }
  }
  return wire as Item;
}

/** Checks one value, such as those of Expected, AttributeUpdates or a legacy condition. May change `wire` in place. */
export function parseAttributeValue(wire: WireValue, layer: ValueLayer): AttributeValue {
  return parseValue(wire, layer.older ? 0 : 1, layer);
}

/** True when an item holds a value below level 32, which an update can bring about. */
export function isNestedTooDeep(item: WireItem): boolean {
  for (const name in item) {
    if (isTooDeep(item[name]!, 1)) return true;
  }
  return false;
}

function isTooDeep(value: WireValue | null, level: number): boolean {
  if (value === null || (value.M == null && value.L == null)) return false;
  if (level >= nestingLevelsMax) return true;
  for (const inner of value.L ?? Object.values(value.M!)) {
    if (isTooDeep(inner, level + 1)) return true;
  }
  return false;
}

function parseMembers(wire: WireItem, level: number, layer: ValueLayer): void {
  for (const name in wire) {
    const value = wire[name]!;
    if (value === null) throw refusal(`${nullValueMessage}: ${name} is null`, layer);
    const parsed = parseValue(value, level, layer);
    if (parsed !== value) setAttribute(wire as Item, name, parsed);
  }
}

function parseValue(value: WireValue, level: number, layer: ValueLayer): AttributeValue {
  let type = '';
  let members = 0;
  for (const member in value) {
    type = member;
    members++;
  }
  if (members !== 1 || value[type as 'S'] == null) return parseUnusual(value, level, layer);
  return parseOne(value, type, level, layer);
}

/** Checks `value[type]`, the only member that is set, and returns `value`. */
function parseOne(value: WireValue, type: string, level: number, layer: ValueLayer): AttributeValue {
  switch (type) {
    case 'S':
      if (!value.S!.isWellFormed()) value.S = value.S!.toWellFormed();
      break;
    case 'N':
      if (!isPlainNumber(value.N!)) value.N = parseNumberText(value.N!, layer);
      break;
    case 'B':
    case 'BOOL':
      break;
    case 'NULL':
      if (value.NULL !== true) throw refusal(`${invalid}Null attribute value types must have the value of true`, layer);
      break;
    case 'SS':
    case 'NS':
    case 'BS':
      parseSet(type, value[type]!, layer);
      break;
    case 'L':
      if (level >= nestingLevelsMax) throw refusal(nestingMessage, layer);
      parseElements(value.L!, level + 1, layer);
      break;
    case 'M':
      if (level >= nestingLevelsMax) throw refusal(nestingMessage, layer);
      parseMap(value.M!, level + 1, layer);
      break;
    default:
      throw refusal(emptyValueMessage, layer);
  }
  return value as AttributeValue;
}

/** Not exactly one member, or a null one: what is unknown or null counts as absent. */
function parseUnusual(value: WireValue, level: number, layer: ValueLayer): AttributeValue {
  if (value === null) throw refusal(nullValueMessage, layer);
  const types = memberTypes.filter(type => value[type] != null);
  const [type] = types;
  if (type === undefined) throw refusal(emptyValueMessage, layer);
  if (types.length === 1) return parseOne({[type]: value[type]}, type, level, layer);
  // What is wrong with one of them is said first (dynalite, "empty/invalid numbers").
  for (const each of types) parseOne({[each]: value[each]}, each, level, layer);
  throw refusal(severalTypesMessage, layer);
}

function parseElements(elements: WireValue[], level: number, layer: ValueLayer): void {
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!;
    const parsed = parseValue(element, level, layer);
    if (parsed !== element) elements[i] = parsed;
  }
}

function parseMap(map: WireItem, level: number, layer: ValueLayer): void {
  parseMembers(map, level, layer);
  for (const name in map) {
    const problem = attributeNameProblem(name);
    if (problem !== undefined) throw new MemberNameRefusal('ValidationException', layer.envelope + problem);
  }
}

/** Throws ValidationException. */
export function checkAttributeName(name: string, layer: ValueLayer): void {
  const problem = attributeNameProblem(name);
  if (problem !== undefined) throw refusal(problem, layer);
}

/** Attribute names, and those of map members, have 1 to 65,535 bytes. */
export function attributeNameProblem(name: string): string | undefined {
  if (name === '') return 'Empty attribute name';
  if (name.length > attributeNameBytesMax / 3 && utf8Size(name) > attributeNameBytesMax) {
    return 'Attribute name is too large, must be less than 65536 bytes';
  }
  return undefined;
}

function parseSet(type: SetType, members: string[], layer: ValueLayer): void {
  if (members.length === 0) throw refusal(invalid + emptySetMessages[type], layer);
  if ((members as (string | null)[]).includes(null)) throw refusal(nullMemberMessages[type], layer);
  if (type === 'NS') {
    for (let i = 0; i < members.length; i++) {
      if (!isPlainNumber(members[i]!)) members[i] = parseNumberText(members[i]!, layer);
    }
  } else if (type === 'SS') {
    for (let i = 0; i < members.length; i++) {
      if (!members[i]!.isWellFormed()) members[i] = members[i]!.toWellFormed();
    }
  }
  if (members.length === 1) return;
  // The message shows the members as they were sent.
  const sent = members.slice();
  if (!sortMembers(type, members)) throw refusal(repeatedMemberMessage(type, sent, layer.older), layer);
}

const emptySetMessages: Record<SetType, string> = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
};

/** ExtendDB's tests, us-east-1, 2026: of SS the words, of all three the exception. Of BS DynamoDB Local's; of NS by analogy. */
const nullMemberMessages: Record<SetType, string> = {
  SS: `${invalid}An string set may not have a null string as a member`,
  NS: `${invalid}An number set may not have a null string as a member`,
  BS: emptyValueMessage,
};

function parseNumberText(text: string, layer: ValueLayer): string {
  const parsed = parseNumber(text);
  if (typeof parsed !== 'string') return formatNumber(parsed);
  throw refusal(layer.older ? olderNumberFaultMessage(parsed, text) : numberFaultMessage(parsed, text), layer);
}

function refusal(message: string, layer: ValueLayer): ServiceError {
  return validationError(layer.envelope + message);
}
