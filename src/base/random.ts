import {randomBytes, randomUUID} from 'node:crypto';

/** The only source of chance. Tests hand in a seeded one. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  uuid(): string;
}

export const systemRandom: Random = {
  fraction: () => randomBytes(4).readUInt32LE() / 0x1_0000_0000,
  uuid: () => randomUUID(),
};

/** The same seed gives the same sequence (mulberry32). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const hex = (digits: number) => Array.from({length: digits}, () => Math.floor(fraction() * 16).toString(16)).join('');
  return {fraction, uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`};
}
