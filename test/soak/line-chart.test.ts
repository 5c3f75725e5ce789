import assert from 'node:assert/strict';
import {test} from 'node:test';
import {lineChart, ticksUpTo} from './line-chart.ts';

test('axes have a few round numbers', () => {
  assert.deepEqual(ticksUpTo(100), [0, 25, 50, 75, 100]);
  assert.deepEqual(ticksUpTo(7), [0, 2, 4, 6, 8]);
  assert.deepEqual(ticksUpTo(0.031), [0, 0.01, 0.02, 0.03, 0.04]);
  assert.deepEqual(ticksUpTo(0), [0, 0.25]);
  for (const most of [0.3, 1, 13, 99, 1_234, 5e9]) {
    const ticks = ticksUpTo(most);
    assert.ok(ticks.at(-1)! >= most && ticks.length <= 6, `${most}: ${ticks}`);
  }
});

test('a line breaks where nothing is known, lies within its axes, and its texts are escaped', () => {
  const svg = lineChart({
    title: 'a < b & "c"',
    unit: 'MB',
    endMs: 120_000,
    lines: [
      {
        name: 'one',
        points: [
          [0, 0],
          [30_000, 50],
          [60_000, undefined],
          [90_000, 100],
          [200_000, 20],
        ],
      },
    ],
    marks: [{startMs: 10_000, endMs: 12_000, label: '1'}],
  });
  assert.match(svg, /a &lt; b &amp; &quot;c&quot;/);
  const path = /<path d="([^"]*)"/.exec(svg)![1]!;
  assert.equal(path.split('M').length - 1, 2);
  const numbers = path.match(/[\d.]+/g)!.map(Number);
  for (let at = 0; at < numbers.length; at += 2) {
    assert.ok(numbers[at]! >= 70 && numbers[at]! <= 944, `${numbers[at]}`);
    assert.ok(numbers[at + 1]! >= 44 && numbers[at + 1]! <= 210, `${numbers[at + 1]}`);
  }
});

test('a long series keeps its peak', () => {
  const points = Array.from({length: 5_000}, (_, at) => [at, at === 2_345 ? 100 : 1] as const);
  const path = /<path d="([^"]*)"/.exec(
    lineChart({title: '', unit: '', endMs: 5_000, lines: [{name: '', points}], marks: []}),
  )![1]!;
  assert.ok(path.split('L').length <= 901);
  assert.match(path, / 44(?=L)/);
});
