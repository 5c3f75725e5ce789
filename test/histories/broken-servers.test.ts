import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {type Flaw, flaws, startBroken} from './broken-store.ts';
import {checkHistory} from './check-history.ts';
import type {Problem} from './history.ts';
import {recordHistory} from './record-history.ts';

const triesMax = 10;

async function problemsOf(flaw: Flaw | undefined, seed: number): Promise<Problem[]> {
  const server = await startBroken(flaw, seed);
  try {
    const endpoints = () => [server.endpoint];
    return checkHistory(await recordHistory({seed, store: 'broken', endpoints, clients: 8, forMs: 700, atLeast: 300}));
  } finally {
    await server.close();
  }
}

describe('a history tells a broken server from a sound one', () => {
  test('without a flaw there is no problem', async () => {
    assert.deepEqual(await problemsOf(undefined, 1), []);
  });

  for (const {name, make, shows} of flaws) {
    test(name, async t => {
      // Chance is in the times, too: one history may miss it.
      for (let seed = 1; seed <= triesMax; seed++) {
        const problems = await problemsOf(make(), seed);
        const found = problems.find(({kind}) => shows.test(kind));
        if (!found) continue;
        t.diagnostic(`seed ${seed}: ${found.text}`);
        return;
      }
      assert.fail(`nothing in ${triesMax} histories`);
    });
  }
});
