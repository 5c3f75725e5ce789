import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {judgeRun} from './judge-run.ts';
import {parseOptions} from './options.ts';
import type {Sample, SoakRecord} from './record.ts';
import {newStats} from './stats.ts';

const minutes = 60;
const mega = 2 ** 20;

/** An hour of a server at rest, as `change` makes of each sample. */
function recordOf(change: (sample: Sample, minute: number) => void = () => {}): SoakRecord {
  const random = seededRandom(5);
  const samples = Array.from({length: minutes * 30}, (_, i): Sample => {
    const ownBytes = (90 + 30 * random.fraction()) * mega;
    const sample: Sample = {
      atMs: i * 2_000,
      load: {...newStats().take(), requests: 240, expiryLateMs: 900, oldestRecordMs: 125_000, readerBehindMs: 100},
      processes: [{name: 'server', pid: 7, use: {residentBytes: 0, ownBytes, handles: 30, cpuMs: i}}],
      dataBytes: 20 * mega,
    };
    change(sample, i / 30);
    return sample;
  });
  return {
    options: parseOptions(['--minutes', String(minutes)]),
    startMs: 0,
    endMs: minutes * 60_000,
    samples,
    faults: [{name: 'kill', startMs: 600_000, endMs: 601_000}],
    handlesBefore: 25,
    handlesAfter: [{name: 'server', handles: 26}],
    handlesMore: 5,
    problems: [],
    problemCount: 0,
    done: {},
    complaints: [],
  };
}

const badOf = (record: SoakRecord) =>
  judgeRun(record)
    .filter(({isGood}) => !isGood)
    .map(({name}) => name);

describe('the verdict on a run', () => {
  test('a server at rest is well', () => {
    assert.deepEqual(badOf(recordOf()), []);
  });

  const wrong: [string, RegExp, (sample: Sample, minute: number) => void][] = [
    [
      'memory that leaks',
      /^growth of the memory of server/,
      ({processes: [one]}, at) => (one!.use.ownBytes += at * mega),
    ],
    ['data that grows', /^growth of the data/, (sample, at) => (sample.dataBytes! += at * mega * 0.6)],
    ['items that stay', /^expired items/, ({load}, at) => (load.expiryLateMs = at > 30 && at < 31 ? 9_000 : 100)],
    ['records that stay', /^the oldest record/, ({load}, at) => (load.oldestRecordMs = at * 60_000)],
    ['an index that takes long', /^an index/, ({load}, at) => (load.fillMs = at === 20 ? 40_000 : undefined)],
    ['a load that hangs', /^requests a second/, ({load}, at) => (load.requests = at > 20 ? 0 : 240)],
  ];
  for (const [what, name, change] of wrong) {
    test(`${what} is found`, () => {
      const bad = badOf(recordOf(change));
      assert.equal(bad.length, 1, bad.join());
      assert.match(bad[0]!, name);
    });
  }

  test('what is late right after a fault is not', () => {
    assert.deepEqual(
      badOf(recordOf(({atMs, load}) => (load.expiryLateMs = atMs > 600_000 && atMs < 612_000 ? 9_000 : 0))),
      [],
    );
  });

  test('handles that stay open, wrong answers and faults of the servers are found', () => {
    const record = recordOf();
    assert.equal(badOf({...record, handlesAfter: [{name: 'server', handles: 31}]}).length, 1);
    assert.equal(badOf({...record, problemCount: 1}).length, 1);
    assert.equal(badOf({...record, complaints: ['fault']}).length, 1);
  });
});
