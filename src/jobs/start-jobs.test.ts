import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../base/clock.ts';
import {seededRandom} from '../base/random.ts';
import {createEngine} from '../engine/engine.ts';
import {memoryStore} from '../storage/memory/memory-store.ts';
import {startJobs} from './start-jobs.ts';

/** Lets promises that are ready go on. */
const settle = () => new Promise(resolve => setImmediate(resolve));

function setUp(stepsOf: (call: number) => boolean, pauseMs?: number) {
  const clock = new ManualClock();
  const engine = createEngine({store: memoryStore(), clock, random: seededRandom(1)});
  let calls = 0;
  const step = async () => {
    calls += 1;
    return stepsOf(calls);
  };
  const jobs = startJobs(engine, [{name: 'counted', step, ...(pauseMs && {pauseMs})}]);
  const advance = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  return {engine, jobs, advance, calls: () => calls};
}

test('steps follow each other while there is more, then rest until woken or for a second', async () => {
  const {engine, jobs, advance, calls} = setUp(call => call < 3);
  for (let turn = 0; turn < 5; turn += 1) await advance(0);
  assert.equal(calls(), 3);
  engine.onWork();
  await advance(0);
  assert.equal(calls(), 4);
  await advance(999);
  assert.equal(calls(), 4);
  await advance(1);
  assert.equal(calls(), 5);
  await jobs.stop();
  engine.onWork();
  await advance(10_000);
  assert.equal(calls(), 5);
});

test('a job may pause between its steps', async () => {
  const {jobs, advance, calls} = setUp(() => true, 5);
  await advance(0);
  assert.equal(calls(), 1);
  await advance(4);
  assert.equal(calls(), 1);
  await advance(1);
  assert.equal(calls(), 2);
  await jobs.stop();
});

test('a step that fails is tried again', async t => {
  t.mock.method(console, 'error', () => {});
  const {jobs, advance, calls} = setUp(call => {
    if (call === 1) throw new Error('no luck');
    return false;
  });
  await advance(0);
  await advance(1_000);
  assert.equal(calls(), 2);
  await jobs.stop();
});
