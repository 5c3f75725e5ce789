import {
  decodeTokenRecord,
  encodeTokenRecord,
  type TokenKeys,
  tokenKeys,
  tokenLifeMs,
} from '../../keyspace/request-token.ts';
import type {Value, Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';

/** A client's request token: for ten minutes, what was done under it is not done again. */
export interface RequestToken {
  /** Tells it from all others: of other regions, of other operations. */
  text: string;
  /** 32 bytes: a hash of all that must be the same when the token comes again. */
  parameters: Buffer;
}

export interface TokenPlan {
  keys: readonly Buffer[];
  /** Was it used before? Pure; `values` are those of `keys`. */
  earlierUse(values: readonly (Value | undefined)[]): EarlierUse;
  /** Goes into the commit that does what the token stands for. */
  firstUse(readUnits: readonly number[]): Write;
}

export type EarlierUse = {kind: 'none' | 'other'} | {kind: 'same'; readUnits: readonly number[]};

/** Decides about a token inside the commit whose writes it guards. */
export function planToken(engine: Engine, token: RequestToken): TokenPlan {
  const nowMs = engine.clock.now();
  const keys: TokenKeys = tokenKeys(token.text, nowMs);
  return {
    keys: keys.toRead,
    earlierUse(values) {
      for (const value of values) {
        if (!value) continue;
        const record = decodeTokenRecord(value);
        if (record.expiresMs <= nowMs) continue;
        if (!record.parameters.equals(token.parameters)) return {kind: 'other'};
        return {kind: 'same', readUnits: record.readUnits};
      }
      return {kind: 'none'};
    },
    firstUse: readUnits => ({
      kind: 'put',
      key: keys.toWrite,
      value: encodeTokenRecord({expiresMs: nowMs + tokenLifeMs, parameters: token.parameters, readUnits}),
    }),
  };
}
