import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {Recall} from './recall.ts';

const bytesMax = 4_096;
const text = (recall: Recall, name: string) => recall.find(name)?.value?.toString();
/** All of these were found, and wrong. */
const wasWrong = (recall: Recall, ...names: string[]) =>
  recall.wasWrong(new Map(names.map(name => [name, recall.find(name)!])));

test('what was kept last is found, with its version; also that nothing is there', () => {
  const recall = new Recall(bytesMax);
  recall.keep('s', 'a', Buffer.from('1'), 7);
  recall.keep('s', 'b', undefined, 8);
  assert.deepEqual(recall.find('a'), {value: Buffer.from('1'), version: 7, isRecalled: true});
  assert.deepEqual(recall.find('b'), {value: undefined, version: undefined, isRecalled: true});
  assert.equal(recall.find('c'), undefined);
  recall.forget('a');
  assert.equal(recall.find('a'), undefined);
});

test('a value whose version is not known, or that is large, is not kept, nor what was there before', () => {
  const recall = new Recall(1 << 20);
  recall.keep('s', 'a', Buffer.from('1'), 7);
  recall.keep('s', 'a', Buffer.from('2'), undefined);
  assert.equal(recall.find('a'), undefined);
  recall.keep('s', 'b', Buffer.from('1'), 7);
  recall.keep('s', 'b', Buffer.alloc(32_769), 8);
  assert.equal(recall.find('b'), undefined);
});

test('what one server gave versions to is of no use on another', () => {
  const recall = new Recall(bytesMax);
  recall.keep('s', 'a', Buffer.from('1'), 7);
  assert.equal(recall.isUseful('s'), true);
  assert.equal(recall.isUseful('t'), false);
  recall.keep('t', 'b', Buffer.from('1'), 7);
  assert.equal(recall.isUseful('s'), false);
  assert.equal(recall.find('a'), undefined);
});

test('what is wrong again and again is left alone for longer and longer', () => {
  let nowMs = 0;
  const recall = new Recall(bytesMax, () => nowMs);
  const goWrong = () => {
    recall.keep('s', 'a', Buffer.from('1'), 7);
    wasWrong(recall, 'a');
    assert.equal(recall.find('a'), undefined);
  };
  let pausedMs = 0;
  for (let times = 0; times < 20; times++) {
    goWrong();
    const startMs = nowMs;
    while (!recall.isUseful('s')) nowMs += 50;
    assert.ok(nowMs - startMs >= pausedMs);
    pausedMs = nowMs - startMs;
  }
  assert.equal(pausedMs, 60_000);
  for (let times = 0; times < 100; times++) recall.wasRight();
  goWrong();
  nowMs += 50;
  assert.equal(recall.isUseful('s'), true);
});

test('several that find the same wrong at the same time count once, and what was kept since stays', () => {
  let nowMs = 0;
  const recall = new Recall(bytesMax, () => nowMs);
  recall.keep('s', 'a', Buffer.from('1'), 7);
  const found = new Map([['a', recall.find('a')!]]);
  for (let times = 0; times < 10; times++) recall.wasWrong(found);
  nowMs += 50;
  assert.equal(recall.isUseful('s'), true);
  recall.keep('s', 'a', Buffer.from('2'), 8);
  recall.wasWrong(found);
  assert.equal(text(recall, 'a'), '2');
  assert.equal(recall.isUseful('s'), true);
});

test('what was only read does not replace what is newer; transaction ids go round', () => {
  const recall = new Recall(bytesMax);
  recall.keepRead('s', 'a', Buffer.from('1'), 4_294_967_290);
  recall.keep('s', 'a', Buffer.from('2'), 5);
  recall.keepRead('s', 'a', Buffer.from('1'), 4_294_967_290);
  recall.keepRead('s', 'a', undefined, undefined);
  assert.equal(text(recall, 'a'), '2');
  recall.keepRead('s', 'a', Buffer.from('3'), 6);
  assert.equal(text(recall, 'a'), '3');
});

test('names count, too, and what is forgotten is so in both generations', () => {
  const recall = new Recall(20_000);
  const names = Array.from({length: 100}, (_, at) => `${at}`.padStart(1_000, 'n'));
  for (const name of names) recall.keep('s', name, Buffer.from('1'), 1);
  const found = names.filter(name => recall.find(name));
  assert.ok(found.length > 8 && found.length < 20, `${found.length} are there`);
  for (const name of found) recall.forget(name);
  assert.deepEqual(
    names.filter(name => recall.find(name)),
    [],
  );
});

test('a value that grows and shrinks takes no further room', () => {
  const recall = new Recall(4_096);
  recall.keep('s', 'other', Buffer.from('1'), 1);
  for (let version = 1; version < 1_000; version++) recall.keep('s', 'a', Buffer.alloc(97 + (version % 20)), version);
  assert.ok(recall.find('other'));
});

test('however much is kept, what is found is what was kept last, as it was then', () => {
  const step = fc.record({
    name: fc.integer({min: 0, max: 30}).map(String),
    bytes: fc.option(fc.integer({min: 0, max: 700}), {nil: undefined}),
  });
  fc.assert(
    fc.property(fc.array(step, {maxLength: 200}), steps => {
      const recall = new Recall(bytesMax);
      const kept = new Map<string, {value: Buffer | undefined; version: number | undefined}>();
      for (const [version, {name, bytes}] of steps.entries()) {
        const value = bytes === undefined ? undefined : Buffer.alloc(bytes, version & 0xff);
        recall.keep('s', name, value, version);
        kept.set(name, {value: value && Buffer.from(value), version: value && version});
        // Whoever handed it over goes on with it.
        value?.fill(0);
        assert.ok(recall.find(name));
        for (const [each, {value: right, version: of}] of kept) {
          const found = recall.find(each);
          if (found) assert.deepEqual(found, {value: right, version: of, isRecalled: true});
        }
      }
    }),
  );
});

test('what is found stays as it is, whatever is kept later', () => {
  const recall = new Recall(bytesMax);
  recall.keep('s', 'a', Buffer.from('1'), 1);
  const {value} = recall.find('a')!;
  for (let i = 0; i < 1_000; i++) recall.keep('s', i % 2 ? 'a' : `${i}`, Buffer.from('2'.repeat(i % 900)), 2);
  assert.equal(value!.toString(), '1');
  assert.notEqual(text(recall, 'a'), '1');
});
