import {assert} from '../base/assert.ts';
import type {RawEntry} from './copyable-store.ts';
import {type Key, keyBytesMax, type Write} from './store.ts';

/**
 * Fails on writes that no driver could carry out, before the first of them is carried out: drivers undo nothing, so after
 * this nothing may throw.
 */
export function mustBeSoundWrites(writes: readonly Write[]): void {
  for (const write of writes) {
    switch (write.kind) {
      case 'put':
        mustBeSoundKey(write.key);
        assert(Buffer.isBuffer(write.value), 'value to put is a buffer');
        break;
      case 'delete':
        mustBeSoundKey(write.key);
        break;
      case 'append':
        mustBeSoundKey(write.log);
        assert(Buffer.isBuffer(write.record), 'record to append is a buffer');
        break;
      case 'add':
        mustBeSoundKey(write.counter);
        for (const amount of write.amounts) {
          assert(Number.isSafeInteger(amount), 'amount to add is a safe integer', {amount});
        }
        break;
      default:
        assert(false, 'write is of a known kind', {write});
    }
  }
}

/** As `mustBeSoundWrites`, for what is restored. */
export function mustBeSoundEntries(entries: readonly RawEntry[]): void {
  for (const {area, key, value} of entries) {
    mustBeSoundKey(key);
    if (area === 'entry' || value === undefined) continue;
    assert(area === 'counter' ? value.length % 8 === 0 : value.length === 8, 'numbers have 8 bytes each', {area});
  }
}

function mustBeSoundKey(key: Key): void {
  assert(Buffer.isBuffer(key), 'key is a buffer');
  assert(key.length > 0 && key.length <= keyBytesMax, 'key has 1 to keyBytesMax bytes', {keyBytes: key.length});
}
