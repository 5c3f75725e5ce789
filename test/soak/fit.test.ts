import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {type Random, seededRandom} from '../../src/base/random.ts';
import {growthOf, type Point} from './fit.ts';

/** A sample each two seconds of what `valueAt` says of that minute. */
const series = (minutes: number, valueAt: (at: number) => number): Point[] =>
  Array.from({length: minutes * 30}, (_, i) => [i * 2_000, valueAt(i / 30)]);
/** Rises until it is collected, as memory does, and jitters. */
const sawtooth = (at: number, random: Random) => 200 + 40 * ((at * 0.7) % 1) + 10 * random.fraction();

describe('growth of a noisy line', () => {
  test('a flat line has none, whatever its noise', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed);
      for (const minutes of [5, 20, 60]) {
        const {surePerHour, overall} = growthOf(series(minutes, at => sawtooth(at, random)));
        assert.ok(surePerHour < 25, `${surePerHour}, seed ${seed}, ${minutes} minutes`);
        assert.ok(Math.abs(overall) < 15, `${overall}`);
      }
    }
  });

  test('a leak of 60 an hour is noticed within an hour, and about as large as it is', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed);
      const {perHour, surePerHour} = growthOf(series(60, at => sawtooth(at, random) + at));
      assert.ok(surePerHour > 40, `${surePerHour}, seed ${seed}`);
      assert.ok(perHour > 50 && perHour < 70, `${perHour}`);
    }
  });

  test('a few peaks move nothing', () => {
    const {surePerHour} = growthOf(series(30, at => (at % 7 < 0.2 ? 5_000 : 100)));
    assert.equal(surePerHour, 0);
  });

  test('one step up is growth of what came before and after, a line that falls is none', () => {
    assert.equal(growthOf(series(30, at => 500 - at)).surePerHour, 0);
    assert.ok(growthOf(series(30, at => 100 + at * 3)).surePerHour > 150);
  });

  test('too few points say nothing', () => {
    assert.deepEqual(growthOf([[0, 1]]), {perHour: 0, surePerHour: 0, overall: 0});
    assert.deepEqual(growthOf([]), {perHour: 0, surePerHour: 0, overall: 0});
  });
});
