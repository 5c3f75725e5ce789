import {type Random, seededRandom} from '../../src/base/random.ts';

/** Chance in the words that generators use. The same seed gives the same run. */
export interface Chance {
  /** True with this probability. */
  maybe(probability: number): boolean;
  /** A whole number from 0 to `below - 1`. */
  upTo(below: number): number;
  pick<T>(list: readonly T[]): T;
  many<T>(min: number, max: number, make: () => T): T[];
}

export function chanceFrom(seed: number): Chance {
  const random: Random = seededRandom(seed);
  const upTo = (below: number) => Math.floor(random.fraction() * below);
  return {
    maybe: probability => random.fraction() < probability,
    upTo,
    pick: list => list[upTo(list.length)]!,
    many: (min, max, make) => Array.from({length: min + upTo(max - min + 1)}, make),
  };
}
