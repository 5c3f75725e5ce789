import type {Place} from './check-types.ts';
import {checkBlob, checkBoolean, checkString, serializationError, structureStart} from './json-tokens.ts';

// Two levels of JSON for each level of a map or list; see `jsonDepthMax`.
const depthMax = 490;

const attributeValueClass = 'com.amazonaws.dynamodb.v20120810.AttributeValue';

function mustBeList(value: unknown): asserts value is unknown[] {
  if (Array.isArray(value)) return;
  throw typeof value === 'object' ? structureStart() : serializationError('Unexpected field type');
}

/**
 * Written out by hand because every request with an item goes through it. Takes away members that are null or unknown, so
 * that the next stages see nothing but the ten types. Null members of sets stay: parseItem refuses them.
 */
export function checkAttributeValue(value: unknown, place: Place, depth: number): unknown {
  if (typeof value !== 'object' || value === null) {
    throw serializationError(place === 'member' ? 'Unexpected field type' : 'Unexpected value type in payload');
  }
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type class ${attributeValueClass}`);
  if (depth > depthMax) throw serializationError('');
  const members = value as Record<string, unknown>;
  for (const tag in members) {
    const member = members[tag];
    if (member === null) {
      delete members[tag];
      continue;
    }
    switch (tag) {
      case 'S':
      case 'N':
        checkString(member);
        break;
      case 'B':
        checkBlob(member);
        break;
      case 'BOOL':
      case 'NULL':
        if (typeof member !== 'boolean') members[tag] = checkBoolean(member);
        break;
      case 'M':
        checkMap(member, depth);
        break;
      case 'L':
        mustBeList(member);
        for (let index = 0; index < member.length; index++) {
          if (member[index] === null) member[index] = {};
          else checkAttributeValue(member[index], 'element', depth + 1);
        }
        break;
      case 'SS':
      case 'NS':
        mustBeList(member);
        for (const element of member) if (element !== null && typeof element !== 'string') checkString(element);
        break;
      case 'BS':
        mustBeList(member);
        for (const element of member) if (element !== null) checkBlob(element);
        break;
      default:
        delete members[tag];
    }
  }
  return value;
}

function checkMap(value: unknown, depth: number): void {
  if (typeof value !== 'object') throw serializationError('Unexpected field type');
  if (Array.isArray(value)) {
    throw serializationError(`Unrecognized collection type java.util.Map<java.lang.String, ${attributeValueClass}>`);
  }
  const entries = value as Record<string, unknown>;
  for (const name in entries) {
    const entry = entries[name];
    if (entry === null) {
      Object.defineProperty(entries, name, {value: {}, enumerable: true, configurable: true, writable: true});
    } else checkAttributeValue(entry, 'element', depth + 1);
  }
}
