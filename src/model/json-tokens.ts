import {ServiceError} from './service-error.ts';

// The vocabulary of AWS's JSON reader, as dynalite's tests against the real service recorded it.

export function serializationError(message: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

export function structureStart(): ServiceError {
  return serializationError('Start of structure or map found where not expected');
}

/** A list or structure where a scalar belongs; `type` names the scalar, for example `class java.lang.String`. */
export function badCollection(value: unknown, type: string): ServiceError {
  return Array.isArray(value) ? serializationError(`Unrecognized collection type ${type}`) : structureStart();
}

/** A scalar where a collection belongs that is itself an element of a collection: a Java cast fails. */
export const parameterizedType =
  'class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class ' +
  '(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader ' +
  "'bootstrap')";

/** The reader's name for a scalar token. */
export function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
}

/** `null` inside a list or map of anything but attribute values. No captured answer. */
export function nullElement(): ServiceError {
  return serializationError('Unexpected token received from parser');
}

export function checkString(value: unknown): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') throw badCollection(value, 'class java.lang.String');
  throw serializationError(`${tokenOf(value)} cannot be converted to String`);
}

/** Some texts pass for a boolean. */
export function checkBoolean(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') throw badCollection(value, 'class java.lang.Boolean');
  if (typeof value === 'number') throw serializationError(`${tokenOf(value)} cannot be converted to Boolean`);
  const text = String(value).toUpperCase();
  if (text === 'TRUE' || text === '1' || text === 'YES') return true;
  if (text === 'FALSE' || text === '0' || text === 'NO') return false;
  throw serializationError('Unexpected token received from parser');
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function checkBlob(value: unknown): unknown {
  if (typeof value !== 'string') {
    if (typeof value === 'object') throw badCollection(value, 'class java.nio.ByteBuffer');
    throw serializationError('only base-64-encoded strings are convertible to bytes');
  }
  const {length} = value;
  if (length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${length}`);
  }
  if (length > 0) {
    const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
    // The bits that the last character has and the bytes have not must be zero.
    const last = value[length - 1 - padding]!;
    const lastOk = padding === 0 || (padding === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(last);
    // Spelled as the service spells it.
    if (!lastOk || !base64.test(value)) throw serializationError('Invalid last non-pad Base64 character dectected');
  }
  return value;
}
