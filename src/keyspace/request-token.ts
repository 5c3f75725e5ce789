import {createHash} from 'node:crypto';
import {assert} from '../base/assert.ts';
import {keySpace} from './register.ts';

/**
 * What a client's request token was used for lies under the time of its expiry, in whole spans of ten minutes, so that
 * expired tokens are one range. A token that still counts expires within the span that began last or the next one; the span
 * after that is looked at too, since another machine's clock may be a little ahead.
 */
const spanMs = 600_000;
const spansToRead = 3;

/** How long a token counts. */
export const tokenLifeMs = spanMs;

export interface TokenRecord {
  /** Milliseconds since 1970. */
  expiresMs: number;
  /** 32 bytes: which request it was used for. */
  parameters: Buffer;
  /** Of each action, what reading its item would have cost then. */
  readUnits: readonly number[];
}

export interface TokenKeys {
  /** Where its record is, if there is one that counts. */
  toRead: Buffer[];
  /** Where the record of a first use goes; it expires `tokenLifeMs` from now. */
  toWrite: Buffer;
}

/** `token` is whatever tells it from others: it goes into a hash. */
export function tokenKeys(token: string, nowMs: number): TokenKeys {
  const hash = createHash('sha256').update(token).digest();
  const span = Math.floor(nowMs / spanMs);
  const toRead = Array.from({length: spansToRead}, (_, later) => tokenKey(span + later, hash));
  return {toRead, toWrite: toRead[1]!};
}

function tokenKey(span: number, hash: Buffer): Buffer {
  return Buffer.concat([spanStart(span), hash]);
}

/** Its number, behind the space. */
export const tokenSpanBytes = 4;

function spanStart(span: number): Buffer {
  const start = Buffer.allocUnsafe(1 + tokenSpanBytes);
  start[0] = keySpace.requestToken;
  start.writeUInt32BE(span, 1);
  return start;
}

/** All tokens here have expired, also by a clock that is a little behind. */
export function expiredTokens(nowMs: number): {start: Buffer; end: Buffer} {
  return {start: spanStart(0), end: spanStart(Math.max(0, Math.floor(nowMs / spanMs) - 1))};
}

const parametersBytes = 32;
const timeBytes = 6;
const headBytes = timeBytes + parametersBytes;
const unitsBytes = 2;

export function encodeTokenRecord({expiresMs, parameters, readUnits}: TokenRecord): Buffer {
  assert(parameters.length === parametersBytes, 'a hash has its size', {length: parameters.length});
  const bytes = Buffer.allocUnsafe(headBytes + readUnits.length * unitsBytes);
  bytes.writeUIntBE(expiresMs, 0, timeBytes);
  bytes.set(parameters, timeBytes);
  for (const [at, units] of readUnits.entries()) bytes.writeUInt16BE(units, headBytes + at * unitsBytes);
  return bytes;
}

/** `parameters` is a view of `bytes`. */
export function decodeTokenRecord(bytes: Buffer): TokenRecord {
  const tail = bytes.length - headBytes;
  assert(tail >= 0 && tail % unitsBytes === 0, 'a token record has its size', {length: bytes.length});
  return {
    expiresMs: bytes.readUIntBE(0, timeBytes),
    parameters: bytes.subarray(timeBytes, headBytes),
    readUnits: Array.from({length: tail / unitsBytes}, (_, at) => bytes.readUInt16BE(headBytes + at * unitsBytes)),
  };
}
