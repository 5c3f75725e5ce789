import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parsers} from '../parsers/all-parsers.ts';
import {inputAt, runInputs} from './run-inputs.ts';
import {shrunk} from './smaller.ts';
import {watchInputs} from './watch-inputs.ts';

const seed = Number(process.env.STATOR_FUZZ_SEED) || 1;
const inputs = (Number(process.env.STATOR_FUZZ_RUNS) || 300) * 30;

for (const parser of parsers) {
  test(`${parser.name}: every input is read or refused, soon, and leaves nothing behind`, t => {
    const report = runInputs(parser, {seed, inputs});
    const share = report.accepted / inputs;
    t.diagnostic(`${inputs} inputs, ${(100 * share).toFixed(1)} % accepted, ${report.kinds} kinds of refusals`);
    assert(share > 0.04 && share < 0.96, 'inputs get deep, and go wrong');
  });
}

const planted = (name: string, count: number, limits: {stuckMs?: number; msMax?: number} = {}) =>
  watchInputs({
    module: new URL('./planted-parsers.js', import.meta.url).href,
    name,
    seed: 5,
    from: 0,
    inputs: count,
    onProgress: () => {},
    ...limits,
  });

test('a parser that breaks is found, with its seed and an input made small', async () => {
  await assert.rejects(planted('throws', 200_000), /--seed 5 --from \d+: "\(a\(b"\nTypeError/);
  await assert.rejects(planted('is-slow', 200_000, {msMax: 10}), /--seed 5 --from \d+: "\(ab\)"\ntook \d+/);
  await assert.rejects(planted('pollutes', 200_000), /planted is inherited by all objects/);
  await assert.rejects(planted('changes-what-is-inherited', 200_000), /what all objects inherit was changed/);
  await assert.rejects(planted('keeps-memory', 20_000), /keeps \d+ bytes/);
  await assert.doesNotReject(planted('is-sound', 20_000));
});

test('one that comes to no end is found, and its input can be made again', async () => {
  let at = -1;
  await assert.rejects(planted('comes-to-no-end', 200_000, {stuckMs: 2_000}), ({message}) => {
    at = Number(/comes to no end with --seed 5 --from (\d+)$/.exec(message)![1]);
    return true;
  });
  const {parsers} = await import('./planted-parsers.ts');
  assert.match(inputAt(parsers.find(({name}) => name === 'comes-to-no-end')!, 5, at), /\(ab\)/);
});

test('what fails is made smaller, wherever it stands', () => {
  const input = {text: 'some words (and more)', list: ['x', 'yz', 'x'], count: 3};
  assert.deepEqual(
    shrunk(input, ({text, list}) => text.includes('(') && list.join('').includes('z')),
    {
      text: '(',
      list: ['z'],
      count: 3,
    },
  );
});
