import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {RecordMap} from './record-map.ts';

// Keys that meet often, of lengths around a word; values of lengths around what a place has room for, and beyond.
const keys = fc.oneof(
  fc.integer({min: 0, max: 400}).map(n => Buffer.from(`key ${n}`)),
  fc.uint8Array({minLength: 1, maxLength: 9}).map(bytes => Buffer.from(bytes)),
);
const values = fc
  .tuple(fc.oneof(fc.nat(40), fc.nat(1_200), fc.nat(70_000)), fc.nat(255))
  .map(([bytes, fill]) => Buffer.alloc(bytes, fill));
const steps = fc.array(fc.tuple(keys, fc.option(values, {freq: 4, nil: undefined})), {minLength: 1, maxLength: 600});

test('record map: holds what a map of texts holds, after every step', () => {
  fc.assert(
    fc.property(steps, program => {
      const records = new RecordMap();
      const model = new Map<string, {value: Buffer; address: number}>();
      for (const [key, value] of program) {
        const name = key.toString('latin1');
        const before = model.get(name);
        if (value === undefined) {
          assert.equal(records.delete(key), model.delete(name));
        } else {
          const address = records.put(key, value) ?? before?.address;
          assert(address !== undefined, 'a new record tells its address');
          model.set(name, {value, address});
        }
        assert.deepEqual(records.viewValue(key), value);
        assert.equal(records.size, model.size);
      }
      for (const [name, {value, address}] of model) {
        assert.deepEqual(records.copyValue(Buffer.from(name, 'latin1')), value);
        assert.deepEqual(records.copyValueAt(address), value);
      }
    }),
    {numRuns: 200},
  );
});

test('record map: grows to a hundred thousand, and takes the place of what was removed', () => {
  const records = new RecordMap();
  const key = (n: number) => Buffer.from(`customer#${n}`);
  const addresses = new Set<number>();
  for (let n = 0; n < 100_000; n++) addresses.add(records.put(key(n), Buffer.from(String(n).padStart(8, '0')))!);
  assert.equal(addresses.size, 100_000);
  for (let n = 0; n < 100_000; n += 2) assert(records.delete(key(n)));
  for (let n = 0; n < 100_000; n += 2) {
    const address = records.put(key(n), Buffer.from(String(n).padStart(8, '0')))!;
    assert(addresses.has(address), 'a place that was free');
  }
  for (let n = 0; n < 100_000; n++) assert.equal(Number(records.copyValue(key(n))), n);
});

test('record map: a value that grows and shrinks by little stays in its place', () => {
  const records = new RecordMap();
  const key = Buffer.from('counter');
  assert(records.put(key, Buffer.alloc(100)) !== undefined);
  assert.equal(records.put(key, Buffer.alloc(101)), undefined);
  assert.equal(records.put(key, Buffer.alloc(60)), undefined);
  assert(records.put(key, Buffer.alloc(1_000)) !== undefined, 'far longer: elsewhere');
  assert(records.put(key, Buffer.alloc(10)) !== undefined, 'far shorter: elsewhere, or its room would be wasted');
});

test('record map: a value of many megabytes has memory of its own, which goes with it', () => {
  const records = new RecordMap();
  const key = Buffer.from('long');
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 1; n <= 200; n++) {
    records.put(key, Buffer.alloc(5_000_000, n));
    if (n % 50 === 0) assert.equal(records.copyValue(key)?.at(-1), n);
  }
  // Without a collection of its own the runtime gets to it late, but a gigabyte does not pile up.
  assert(process.memoryUsage().arrayBuffers - before < 700e6);
  assert(records.delete(key));
  assert.equal(records.copyValue(key), undefined);
});
