import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {type Transaction, UnderWay} from './under-way.ts';

const key = (text: string) => Buffer.from(text);
const keys = (texts: readonly string[]) => texts.map(key);
const token = (text: string, parameters = 'same') => ({text, parameters: Buffer.from(parameters)});

/** A transaction that goes on until it is told to end. */
function begin(underWay: UnderWay): {transaction: Transaction; end(outcome?: Promise<never>): Promise<unknown>} {
  let end: (outcome?: Promise<never>) => void;
  let transaction: Transaction;
  const ended = underWay.run(one => {
    transaction = one;
    return new Promise(resolve => {
      end = resolve;
    });
  });
  return {
    transaction: transaction!,
    end(outcome) {
      end(outcome);
      return Promise.resolve(ended);
    },
  };
}

test('what one has, another meets, and nothing of it is taken', async () => {
  const underWay = new UnderWay();
  const first = begin(underWay);
  const second = begin(underWay);
  assert.equal(first.transaction.take(keys(['a', 'b']), undefined), undefined);
  assert.deepEqual(second.transaction.take(keys(['c', 'b']), undefined), {token: 'none', items: [false, true]});
  assert.deepEqual(
    ['a', 'b', 'c'].map(key).map(one => underWay.includes(one)),
    [true, true, false],
  );
  await first.end();
  assert.ok(!underWay.includes(key('a')));
  assert.equal(second.transaction.take(keys(['c', 'b']), undefined), undefined);
  await second.end();
});

test('a token is met whatever its items, and told whether the request is the same', async () => {
  const underWay = new UnderWay();
  const first = begin(underWay);
  const second = begin(underWay);
  first.transaction.take(keys(['a']), token('t'));
  assert.deepEqual(second.transaction.take(keys(['a']), token('t')), {token: 'same', items: [true]});
  assert.deepEqual(second.transaction.take(keys(['b']), token('t', 'other')), {token: 'other', items: [false]});
  assert.equal(second.transaction.take(keys(['b']), token('u')), undefined);
  await first.end();
  await second.end();
  const third = begin(underWay);
  assert.equal(third.transaction.take(keys(['a', 'b']), token('t', 'other')), undefined);
});

test('planned anew, it has what it then needs, and not what it needed before', () => {
  const underWay = new UnderWay();
  const {transaction} = begin(underWay);
  transaction.take(keys(['a', 'b']), token('t'));
  assert.equal(transaction.take(keys(['b', 'c']), token('t')), undefined);
  assert.deepEqual(
    ['a', 'b', 'c'].map(key).map(one => underWay.includes(one)),
    [false, true, true],
  );
});

test('however it ends, all of it is free', async () => {
  const underWay = new UnderWay();
  const take = (transaction: Transaction) => assert.equal(transaction.take(keys(['a']), token('t')), undefined);
  const broken = new Error('broken');
  assert.equal(
    underWay.run(transaction => {
      take(transaction);
      return 'at once';
    }),
    'at once',
  );
  assert.throws(
    () =>
      underWay.run(transaction => {
        take(transaction);
        throw broken;
      }),
    broken,
  );
  const failing = underWay.run(async transaction => {
    take(transaction);
    await Promise.resolve();
    throw broken;
  });
  assert.ok(underWay.includes(key('a')));
  await assert.rejects(Promise.resolve(failing), broken);
  assert.ok(!underWay.includes(key('a')));
  take(begin(underWay).transaction);
});

test('it is stretched once', async () => {
  const clock = new ManualClock();
  const {transaction} = begin(new UnderWay());
  assert.equal(transaction.stretch(clock, 0), undefined);
  let isOver = false;
  const stretched = transaction.stretch(clock, 100)?.then(() => {
    isOver = true;
  });
  clock.advance(99);
  await Promise.resolve();
  assert.equal(isOver, false);
  clock.advance(1);
  await stretched;
  assert.equal(transaction.stretch(clock, 100), undefined);
});

test('as a model: no item and no token has two owners, and none has one that ended', async () => {
  const action = fc.record({
    who: fc.integer({min: 0, max: 3}),
    take: fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), {minLength: 1}), {freq: 3}),
    token: fc.option(fc.constantFrom('t', 'u'), {nil: undefined}),
    parameters: fc.constantFrom('same', 'other'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, {maxLength: 40}), async actions => {
      const underWay = new UnderWay();
      const going = new Map<number, ReturnType<typeof begin>>();
      const held = new Map<number, {items: string[]; token?: string | undefined; parameters: string}>();
      for (const {who, take, token: text, parameters} of actions) {
        if (!take) {
          await going.get(who)?.end();
          going.delete(who);
          held.delete(who);
          continue;
        }
        const mine = going.get(who) ?? begin(underWay);
        going.set(who, mine);
        held.delete(who);
        const others = [...held.values()];
        const holder = text === undefined ? undefined : others.find(one => one.token === text);
        const items = take.map(item => others.some(one => one.items.includes(item)));
        const met = mine.transaction.take(keys(take), text === undefined ? undefined : token(text, parameters));
        if (!holder && !items.includes(true)) {
          assert.equal(met, undefined);
          held.set(who, {items: take, token: text, parameters});
        } else {
          const same = holder && (holder.parameters === parameters ? 'same' : 'other');
          assert.deepEqual(met, {token: same ?? 'none', items});
        }
        for (const item of ['a', 'b', 'c', 'd']) {
          assert.equal(
            underWay.includes(key(item)),
            [...held.values()].some(one => one.items.includes(item)),
          );
        }
      }
    }),
    fuzzRuns,
  );
});
