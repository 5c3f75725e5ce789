import assert from 'node:assert/strict';
import {test} from 'node:test';
import {fuzzRuns} from '../../src/base/fuzz-runs.ts';
import {fuzzServer} from './fuzz-server.ts';

test('random requests: no 500, nothing slow, memory that does not grow, and data that agree with themselves', async t => {
  const seed = Number(process.env.STATOR_FUZZ_SEED) || 1;
  const {requests, answers, slowest, heapBytes} = await fuzzServer(seed, fuzzRuns.numRuns * 20);
  const rows = [...answers].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
  t.diagnostic(`seed ${seed}: ${requests} requests, slowest ${slowest.ms.toFixed()} ms; ${rows.join(', ')}`);
  assert.ok(answers.get('200')! > requests / 10, 'many requests mean something');
  // Caches fill at first.
  const [before, after] = [heapBytes[Math.floor(heapBytes.length / 3)]!, heapBytes.at(-1)!];
  t.diagnostic(`${(before / 1e6).toFixed(1)} MB after a third, ${(after / 1e6).toFixed(1)} MB at the end`);
  assert.ok(after < before + 16e6, `memory grew from ${before} to ${after}`);
});
