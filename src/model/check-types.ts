import {checkAttributeValue} from './check-attribute-value.ts';
import {
  badCollection,
  checkBlob,
  checkBoolean,
  checkString,
  nullElement,
  parameterizedType,
  serializationError,
  structureStart,
  tokenOf,
} from './json-tokens.ts';
import type {Shape} from './shape.ts';
import {shapeNamed} from './shape-table.ts';

// The first stage: JSON types, in the order of the body, and the first wrong one is the answer. Messages as the real service
// gave them to the tests of dynalite (test/helpers.js, assertType).

/** Where a value stands decides the wording: a member of a structure, or an element of a list or map. */
export type Place = 'member' | 'element';

/** Throws SerializationException, or gives the value to use instead (nearly always the same one). `value` is not null. */
export type TypeCheck = (value: unknown) => unknown;

/** Changes an entry of an object whose keys the caller chose. */
function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, {value, enumerable: true, configurable: true, writable: true});
}

/** How Java names the type of a shape, as the messages quote it. */
function javaType(name: string): string {
  const shape = shapeNamed(name);
  switch (shape.type) {
    case 'structure':
      return `com.amazonaws.dynamodb.v20120810.${name}`;
    case 'list':
      return `java.util.List<${javaType(shape.element)}>`;
    case 'map':
      return `java.util.Map<java.lang.String, ${javaType(shape.value)}>`;
    case 'blob':
      return 'java.nio.ByteBuffer';
    default:
      return `java.lang.${scalarName(shape.type)}`;
  }
}

type ScalarType = Exclude<Shape['type'], 'structure' | 'list' | 'map' | 'blob'>;

function scalarName(type: ScalarType): string {
  switch (type) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'integer':
      return 'Integer';
    case 'long':
      return 'Long';
    default:
      return 'Double';
  }
}

function numberCheck(type: 'integer' | 'long' | 'double' | 'timestamp'): TypeCheck {
  const name = scalarName(type);
  const max = type === 'integer' ? 2 ** 31 - 1 : 2 ** 63;
  return value => {
    if (typeof value === 'number') {
      if (name === 'Double') return value;
      const whole = Math.trunc(value) + 0;
      // No captured answer for a number beyond the type.
      if (whole > max || whole < -max - 1) throw serializationError(`${tokenOf(value)} cannot be converted to ${name}`);
      return whole;
    }
    if (typeof value === 'object') throw badCollection(value, `class java.lang.${name}`);
    throw serializationError(`${tokenOf(value)} cannot be converted to ${name}`);
  };
}

function mustBeObject(value: unknown, place: Place, name: string): asserts value is Record<string, unknown> {
  if (typeof value !== 'object') {
    throw serializationError(place === 'member' ? 'Unexpected field type' : 'Unexpected value type in payload');
  }
  if (Array.isArray(value)) throw serializationError(`Unrecognized collection type class ${javaType(name)}`);
}

function structureCheck(name: string, members: Readonly<Record<string, string>>, place: Place): TypeCheck {
  // Filled after it exists: a shape may hold itself.
  const checks = new Map<string, TypeCheck>();
  const check: TypeCheck = value => {
    mustBeObject(value, place, name);
    for (const key in value) {
      const checkMember = checks.get(key);
      const member = value[key];
      // What was not checked must not be there: operations share code that reads members which only some of them have.
      if (checkMember === undefined || member === null) {
        delete value[key];
        continue;
      }
      const next = checkMember(member);
      if (next !== member) value[key] = next;
    }
    return value;
  };
  compiled.set(`${place} ${name}`, check);
  for (const [member, shape] of Object.entries(members)) checks.set(member, typeCheck(shape, 'member'));
  return check;
}

function listCheck(element: string, place: Place): TypeCheck {
  const checkElement = typeCheck(element, 'element');
  const isAttributeValue = element === 'AttributeValue';
  return value => {
    if (!Array.isArray(value)) {
      if (typeof value === 'object') throw structureStart();
      throw serializationError(place === 'member' ? 'Unexpected field type' : parameterizedType);
    }
    for (let index = 0; index < value.length; index++) {
      const before = value[index];
      if (before === null) {
        // An attribute value without a type: refused as such by the next stages.
        if (!isAttributeValue) throw nullElement();
        value[index] = {};
        continue;
      }
      const next = checkElement(before);
      if (next !== before) value[index] = next;
    }
    return value;
  };
}

function mapCheck(name: string, element: string, place: Place): TypeCheck {
  const checkElement = typeCheck(element, 'element');
  const isAttributeValue = element === 'AttributeValue';
  return value => {
    if (typeof value !== 'object') {
      throw serializationError(place === 'member' ? 'Unexpected field type' : parameterizedType);
    }
    if (Array.isArray(value)) throw serializationError(`Unrecognized collection type ${javaType(name)}`);
    const entries = value as Record<string, unknown>;
    for (const key in entries) {
      const before = entries[key];
      if (before === null) {
        if (!isAttributeValue) throw nullElement();
        setEntry(entries, key, {});
        continue;
      }
      const next = checkElement(before);
      if (next !== before) setEntry(entries, key, next);
    }
    return value;
  };
}

function compile(name: string, place: Place): TypeCheck {
  const shape = shapeNamed(name);
  if (name === 'AttributeValue') return value => checkAttributeValue(value, place, 1);
  switch (shape.type) {
    case 'structure':
      return structureCheck(name, shape.members, place);
    case 'list':
      return listCheck(shape.element, place);
    case 'map':
      return mapCheck(name, shape.value, place);
    case 'string':
      return checkString;
    case 'boolean':
      return checkBoolean;
    case 'blob':
      return checkBlob;
    default:
      return numberCheck(shape.type);
  }
}

const compiled = new Map<string, TypeCheck>();

/** Compiled at first use, then kept. */
export function typeCheck(name: string, place: Place): TypeCheck {
  const key = `${place} ${name}`;
  let check = compiled.get(key);
  if (check === undefined) {
    check = compile(name, place);
    compiled.set(key, check);
  }
  return check;
}
