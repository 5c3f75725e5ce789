import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderReport} from './report.ts';
import type {BenchResult, Cell} from './result.ts';
import {judgeTargets} from './targets.ts';

const cell = (server: string, scenario: string, perSecond: number, items = 10_000): Cell => ({
  server,
  scenario,
  items,
  concurrency: 32,
  perSecond,
  perSecondOfRounds: [perSecond],
  p50Us: 1,
  p99Us: 2,
  serverCpuUs: null,
  generatorCpu: 0.5,
  errors: 0,
  generatorBound: false,
});

const result: BenchResult = {
  at: '2026-01-01T00:00:00.000Z',
  machine: {cpu: 'test', cores: 2, node: '20', pinned: true, flushesPerSecond: 1000},
  settings: {seconds: 1, rounds: 3},
  servers: [{id: 'dynalite', title: 'dynalite (memory)', durability: 'none', missing: ['no network']}],
  loads: [],
  cells: [
    cell('stator-memory', 'GetItem', 30_000),
    cell('dynoxide-memory', 'GetItem', 10_000),
    {...cell('floor', 'GetItem', 90_000), generatorBound: true},
    cell('stator-memory', 'GetItem', 20_000, 1_000_000),
  ],
  starts: [{server: 'stator-memory', firstAnswerMs: 120, idleRssMb: 95}],
};

test('targets are reached, missed or not measured', () => {
  const verdicts = judgeTargets(result).map(({target, reached}) => [target.split(' (')[0], reached]);
  assert.deepEqual(verdicts, [
    ['GetItem at least 3 × Dynoxide', true],
    ['GetItem at least 3 × Dynoxide', undefined],
    ['GetItem at least 0.40 × the floor', false],
    ['PutItem in memory at least 2 × Dynoxide', undefined],
    ['PutItem flushed at least 4 × Dynoxide with a file', undefined],
    ['Query of 20 at least 4 × Dynoxide', undefined],
    ['TransactWriteItems of 4 at least 3 × Dynoxide', undefined],
    ['TransactWriteItems of 4 flushed at least 3 × Dynoxide with a file', undefined],
    ['PutItem with a stream and 2 global indexes costs at most 2.5 × a plain one', undefined],
    ['PutItem with a stream and 2 global indexes costs at most 2.5 × a plain one', undefined],
    ['spawn to first answer under 250 ms', true],
    ['idle memory under 90 MB', false],
    ['GetItem on 1000000 items costs at most 1.25 × one on 10000', false],
    ['GetItem on 1000000 items costs at most 1.25 × one on 10000', undefined],
  ]);
});

test('the report shows ratios, gaps and warnings', () => {
  const report = renderReport({
    ...result,
    servers: [...result.servers, {id: 'floor', title: 'Floor', durability: 'none', missing: []}],
  });
  assert.match(report, /\| GetItem \|\s+3\.00 \|\s+– \|\s+– \|\s+– \|\s+0\.33 \|/);
  assert.match(report, /dynalite \(memory\): .*not available.*no network/);
  assert.match(report, /90000 ~/);
});
