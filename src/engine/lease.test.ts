import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../base/clock.ts';
import {seededRandom} from '../base/random.ts';
import {memoryStore} from '../storage/memory/memory-store.ts';
import {createEngine} from './engine.ts';
import {createLease} from './lease.ts';

/** Nodes on one store, whose clocks are hours apart. */
function nodes(count: number) {
  const store = memoryStore();
  return Array.from({length: count}, (_, i) => {
    const clock = new ManualClock(1_700_000_000_000 + i * 3_600_000);
    const engine = createEngine({store, clock, random: seededRandom(i)});
    return {clock, lease: createLease(engine, 'work')};
  });
}

test('one process holds a lease, for as long as it asks', async () => {
  const [a, b] = nodes(2);
  assert.equal(await a!.lease.isHeld(), true);
  for (let second = 0; second < 20; second++) {
    assert.equal(await b!.lease.isHeld(), false);
    for (const {clock} of [a!, b!]) clock.advance(1_000);
    assert.equal(await a!.lease.isHeld(), true);
  }
});

test('a lease passes on a few seconds after its holder was last heard of, to one of those who wait', async () => {
  const all = nodes(4);
  assert.equal(await all[0]!.lease.isHeld(), true);
  const waiting = all.slice(1);
  let seconds = 0;
  let holders: boolean[] = [];
  for (; !holders.includes(true) && seconds < 20; seconds++) {
    for (const {clock} of waiting) clock.advance(1_000);
    holders = [];
    for (const {lease} of waiting) holders.push(await lease.isHeld());
  }
  assert.equal(holders.filter(Boolean).length, 1);
  assert.ok(seconds >= 4 && seconds <= 6, `${seconds} s`);
  // The first one comes back to itself.
  all[0]!.clock.advance(60_000);
  assert.equal(await all[0]!.lease.isHeld(), false);
});

test('a lease that is released is free at once', async () => {
  const [a, b] = nodes(2);
  assert.equal(await a!.lease.isHeld(), true);
  assert.equal(await b!.lease.isHeld(), false);
  await b!.lease.release();
  b!.clock.advance(1_000);
  assert.equal(await b!.lease.isHeld(), false);
  await a!.lease.release();
  b!.clock.advance(1_000);
  assert.equal(await b!.lease.isHeld(), true);
});
