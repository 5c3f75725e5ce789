import {createHash} from 'node:crypto';
import type {AttributeValue} from '../../model/attribute-value.ts';
import {validationError} from '../../model/service-error.ts';
import {type KeyRange, keyBytesMax} from '../../storage/store.ts';

/** Where a SELECT goes on: in which of its ranges, and behind which key of it; no key: at its start. */
export interface Position {
  range: number;
  after: Buffer | undefined;
}

const formatByte = 1;
const fingerprintBytes = 16;
const headBytes = 1 + fingerprintBytes + 2;

/** A token belongs to one statement with its parameters, whatever its Limit (Floci's captures, eu-west-1, 2026-09). */
export function fingerprintOf(statement: string, parameters: readonly AttributeValue[]): Buffer {
  const text = `${statement}\0${JSON.stringify(parameters)}`;
  return createHash('sha256').update(text).digest().subarray(0, fingerprintBytes);
}

export function encodeNextToken(fingerprint: Buffer, {range, after}: Position): string {
  const head = Buffer.alloc(headBytes);
  head[0] = formatByte;
  fingerprint.copy(head, 1);
  head.writeUInt16BE(range, 1 + fingerprintBytes);
  return Buffer.concat(after ? [head, after] : [head]).toString('base64');
}

/** Throws ValidationException for a token that is none, or another statement's. */
export function decodeNextToken(token: string, fingerprint: Buffer, ranges: readonly KeyRange[]): Position {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length < headBytes || bytes[0] !== formatByte || bytes.toString('base64') !== token) {
    throw validationError('Invalid NextToken');
  }
  if (!bytes.subarray(1, 1 + fingerprintBytes).equals(fingerprint)) {
    throw validationError('NextToken does not match request');
  }
  const number = bytes.readUInt16BE(1 + fingerprintBytes);
  const range = ranges[number];
  if (!range || bytes.length > headBytes + keyBytesMax) throw validationError('Invalid NextToken');
  if (bytes.length === headBytes) return {range: number, after: undefined};
  const after = bytes.subarray(headBytes);
  const inside = Buffer.compare(range.start, after) <= 0 && Buffer.compare(after, range.end) < 0;
  if (!inside) throw validationError('Invalid NextToken');
  return {range: number, after};
}
