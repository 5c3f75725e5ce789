import type {Random} from '../base/random.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const pairs = Array.from({length: 1024}, (_, index) => digits[index >> 5]! + digits[index & 31]!);
/** Every id of the real service ends like this, 2018 to 2025: clients that match on the shape find it here too. */
const ending = 'VV4KQNSO5AEMVJF66Q9ASUAAJG';
const idsPerPrefix = 4096;

/** Request ids in DynamoDB's shape: 52 upper-case base32 digits, unique, of which the process's chance makes 26. */
export function createRequestIds(random: Random): () => string {
  let prefix = '';
  let left = 0;
  let state = 0;
  return () => {
    if (left-- === 0) {
      left = idsPerPrefix - 1;
      prefix = '';
      for (let index = 0; index < 10; index++) prefix += pairs[Math.floor(random.fraction() * 1024)]!;
      state = Math.floor(random.fraction() * 0x4000_0000);
    }
    // An odd multiplier walks all of 2^30 before it repeats: no two ids under one prefix are equal.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) & 0x3fff_ffff;
    return prefix + pairs[state >>> 20]! + pairs[(state >>> 10) & 1023]! + pairs[state & 1023]! + ending;
  };
}
