import {assert} from '../../base/assert.ts';

/** Where a record lies: a slab's number and a unit in it, as an integer of 31 bits, which V8 keeps without an object. */
export type Address = number;

const unitBytesLog2 = 4;
const slabUnitsLog2 = 20;
const slabBytesMax = 1 << (slabUnitsLog2 + unitBytesLog2); // 16 MB
const firstSlabBytes = 256 * 1024;
const slabsMax = 1 << (31 - slabUnitsLog2); // 32 GB
const unitMask = (1 << slabUnitsLog2) - 1;

/** A record begins with two words: the length of the key beside its size class, then the length of the value. */
const headBytes = 8;
/** A longer record has a slab of its own, which goes when it goes. */
const sharedBytesMax = slabBytesMax / 4;
const classOfOwnSlab = 0x7fff;
const none = -1;

/**
 * Keeps records (a key and a value) in large pieces of memory outside of the JavaScript heap, so that the garbage collector
 * has nothing to do with them: on a heap of a million items, each of its short runs took three times as long. Sizes are
 * rounded up to classes at most an eighth apart; the place of a removed record goes to the next one of its class. Memory is
 * not handed back before the store is let go, except that of records beyond 4 MB. A key has up to 65,535 bytes.
 */
export class RecordSlabs {
  readonly #slabs: Buffer[] = [];
  readonly #words: Int32Array[] = [];
  /** The first free place of each class; each free place names the next one where a record has the length of its value. */
  readonly #free: number[] = [];
  readonly #freeSlabs: number[] = [];
  /** The slab that is being filled, and the bytes of it in use. */
  #filling = none;
  #filled = 0;
  #nextSlabBytes = firstSlabBytes;

  /** Copies a record in. */
  add(key: Uint8Array, value: Uint8Array): Address {
    const bytes = headBytes + key.length + value.length;
    const sizeClass = bytes > sharedBytesMax ? classOfOwnSlab : classOf(bytes);
    const address = sizeClass === classOfOwnSlab ? this.#addSlab(bytes) << slabUnitsLog2 : this.#place(sizeClass);
    const slab = this.#slabs[address >>> slabUnitsLog2]!;
    const words = this.#words[address >>> slabUnitsLog2]!;
    const at = (address & unitMask) << unitBytesLog2;
    words[at >> 2] = key.length | (sizeClass << 16);
    words[(at >> 2) + 1] = value.length;
    slab.set(key, at + headBytes);
    slab.set(value, at + headBytes + key.length);
    return address;
  }

  /** Gives a record another value in its place, if there is room for it and not far too much. */
  replaceValue(address: Address, value: Uint8Array): boolean {
    const words = this.#words[address >>> slabUnitsLog2]!;
    const at = (address & unitMask) << unitBytesLog2;
    const head = words[at >> 2]!;
    const keyBytes = head & 0xffff;
    const sizeClass = head >>> 16;
    const bytes = headBytes + keyBytes + value.length;
    if (sizeClass === classOfOwnSlab) return false;
    const room = bytesOf(sizeClass);
    if (bytes > room || bytes < room >> 1) return false;
    words[(at >> 2) + 1] = value.length;
    this.#slabs[address >>> slabUnitsLog2]!.set(value, at + headBytes + keyBytes);
    return true;
  }

  remove(address: Address): void {
    const number = address >>> slabUnitsLog2;
    const words = this.#words[number]!;
    const at = ((address & unitMask) << unitBytesLog2) >> 2;
    const sizeClass = words[at]! >>> 16;
    if (sizeClass === classOfOwnSlab) {
      this.#slabs[number] = Buffer.alloc(0);
      this.#words[number] = new Int32Array(0);
      this.#freeSlabs.push(number);
      return;
    }
    words[at + 1] = this.#free[sizeClass] ?? none;
    this.#free[sizeClass] = address;
  }

  hasKey(address: Address, key: Uint8Array): boolean {
    const slab = this.#slabs[address >>> slabUnitsLog2]!;
    const words = this.#words[address >>> slabUnitsLog2]!;
    const at = (address & unitMask) << unitBytesLog2;
    const {length} = key;
    if ((words[at >> 2]! & 0xffff) !== length) return false;
    // From the end: neighbours in a table begin alike.
    for (let i = length - 1, j = at + headBytes + length - 1; i >= 0; i--, j--) if (slab[j] !== key[i]) return false;
    return true;
  }

  /** A view, good until the record is changed or removed. */
  viewValue(address: Address): Buffer {
    const words = this.#words[address >>> slabUnitsLog2]!;
    const at = (address & unitMask) << unitBytesLog2;
    const start = at + headBytes + (words[at >> 2]! & 0xffff);
    return this.#slabs[address >>> slabUnitsLog2]!.subarray(start, start + words[(at >> 2) + 1]!);
  }

  copyValue(address: Address): Buffer {
    const words = this.#words[address >>> slabUnitsLog2]!;
    const at = (address & unitMask) << unitBytesLog2;
    const start = at + headBytes + (words[at >> 2]! & 0xffff);
    const bytes = words[(at >> 2) + 1]!;
    const copy = Buffer.allocUnsafe(bytes);
    this.#slabs[address >>> slabUnitsLog2]!.copy(copy, 0, start, start + bytes);
    return copy;
  }

  /** A free place of a class. */
  #place(sizeClass: number): Address {
    const free = this.#free[sizeClass] ?? none;
    if (free !== none) {
      this.#free[sizeClass] = this.#words[free >>> slabUnitsLog2]![(((free & unitMask) << unitBytesLog2) >> 2) + 1]!;
      return free;
    }
    const bytes = bytesOf(sizeClass);
    if (this.#filling === none || this.#filled + bytes > this.#slabs[this.#filling]!.length) {
      this.#filling = this.#addSlab(Math.max(this.#nextSlabBytes, bytes));
      this.#filled = 0;
      this.#nextSlabBytes = Math.min(2 * this.#nextSlabBytes, slabBytesMax);
    }
    const address = (this.#filling << slabUnitsLog2) | (this.#filled >> unitBytesLog2);
    this.#filled += bytes;
    return address;
  }

  #addSlab(bytes: number): number {
    const number = this.#freeSlabs.pop() ?? this.#slabs.length;
    assert(number < slabsMax, 'the memory store holds less than 32 GB');
    const slab = Buffer.allocUnsafeSlow((bytes + 3) & ~3);
    this.#slabs[number] = slab;
    this.#words[number] = new Int32Array(slab.buffer);
    return number;
  }
}

/** Up to 64 units each number of them is a class, then there are eight between one power of two and the next. */
function classOf(bytes: number): number {
  const units = (bytes + (1 << unitBytesLog2) - 1) >> unitBytesLog2;
  if (units <= 64) return units;
  const power = 31 - Math.clz32(units);
  const step = power - 3;
  return 64 + (power - 6) * 8 + (((units - 1) >> step) + 1) - 8;
}

function bytesOf(sizeClass: number): number {
  if (sizeClass <= 64) return sizeClass << unitBytesLog2;
  const beyond = sizeClass - 64;
  return ((8 + (beyond & 7)) << ((beyond >> 3) + 3)) << unitBytesLog2;
}
