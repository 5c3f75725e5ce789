import {randomFillSync} from 'node:crypto';
import {type HashKey, halfSipHash} from './half-sip-hash.ts';
import {type Address, RecordSlabs} from './record-slabs.ts';

const firstSlots = 256;

/**
 * Finds records by their keys, in the same few steps whatever their number: a hash table with open addressing, whose slots
 * (the hash, then the address + 1, or 0) lie side by side. It and the records are all outside of the JavaScript heap.
 */
export class RecordMap {
  readonly #records = new RecordSlabs();
  readonly #secret: HashKey;
  #slots = new Uint32Array(2 * firstSlots);
  #mask = firstSlots - 1;
  #size = 0;

  constructor() {
    const [first, second] = randomFillSync(new Uint32Array(2));
    this.#secret = [first!, second!];
  }

  get size(): number {
    return this.#size;
  }

  copyValue(key: Uint8Array): Buffer | undefined {
    const slot = this.#find(halfSipHash(this.#secret, key), key);
    return slot < 0 ? undefined : this.#records.copyValue(this.#slots[2 * slot + 1]! - 1);
  }

  /** As `copyValue`, but good only until the next change. */
  viewValue(key: Uint8Array): Buffer | undefined {
    const slot = this.#find(halfSipHash(this.#secret, key), key);
    return slot < 0 ? undefined : this.#records.viewValue(this.#slots[2 * slot + 1]! - 1);
  }

  /** The value of a record whose address `put` told, as a copy. */
  copyValueAt(address: Address): Buffer {
    return this.#records.copyValue(address);
  }

  /** Returns where the record lies now, if that is not where it lay before. */
  put(key: Uint8Array, value: Uint8Array): Address | undefined {
    const hash = halfSipHash(this.#secret, key);
    const slot = this.#find(hash, key);
    if (slot >= 0) {
      const address = this.#slots[2 * slot + 1]! - 1;
      if (this.#records.replaceValue(address, value)) return undefined;
      this.#records.remove(address);
      const moved = this.#records.add(key, value);
      this.#slots[2 * slot + 1] = moved + 1;
      return moved;
    }
    const address = this.#records.add(key, value);
    if (5 * ++this.#size > 3 * (this.#mask + 1)) this.#grow(); // the empty slot that was found may be elsewhere then
    this.#enter(hash, address);
    return address;
  }

  /** Whether it was there. */
  delete(key: Uint8Array): boolean {
    let hole = this.#find(halfSipHash(this.#secret, key), key);
    if (hole < 0) return false;
    const slots = this.#slots;
    const mask = this.#mask;
    this.#records.remove(slots[2 * hole + 1]! - 1);
    // What follows without a gap moves up, if its search begins at or before the hole.
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = slots[2 * next]! & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * next]!;
      slots[2 * hole + 1] = slots[2 * next + 1]!;
      hole = next;
    }
    slots[2 * hole + 1] = 0;
    this.#size--;
    return true;
  }

  /** The slot of a key, or -1. */
  #find(hash: number, key: Uint8Array): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const address = slots[2 * slot + 1]!;
      if (address === 0) return -1;
      if (slots[2 * slot] === hash && this.#records.hasKey(address - 1, key)) return slot;
    }
  }

  #enter(hash: number, address: Address): void {
    const slots = this.#slots;
    let slot = hash & this.#mask;
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = address + 1;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    this.#mask = 2 * this.#mask + 1;
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) this.#enter(old[at]!, old[at + 1]! - 1);
  }
}
