import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {Pace} from './pace.ts';

test('a few set out at once; with more under way the next waits for them, but not for long', () => {
  const clock = new ManualClock();
  let calls = 0;
  const pace = new Pace(() => calls++, clock);
  for (let i = 0; i < 4; i++) {
    assert.equal(pace.startsNow(), true);
    pace.started(1);
  }
  assert.equal(pace.startsNow(), false);
  assert.equal(pace.startsNow(), false);
  clock.advance(1);
  assert.equal(pace.startsNow(), false);
  pace.ended(1);
  assert.equal(pace.startsNow(), true);
  pace.started(10);
  clock.advance(1_000);
  assert.equal(calls, 0, 'what was put off has set out, so nobody is called');
  assert.equal(pace.startsNow(), false);
  clock.advance(2);
  assert.equal(calls, 1);
  assert.equal(pace.startsNow(), true);
  pace.started(1);
  assert.equal(pace.startsNow(), false, 'the next waits anew');
  pace.ended(13);
  assert.equal(pace.startsNow(), true);
});
