import {describe, test} from 'node:test';
import {lmdbPlace, lmdbWorkersPlace} from './places.ts';
import {testHistory} from './test-history.ts';

const needsProc = process.platform !== 'linux' && 'finds worker processes in /proc';

describe('what clients of one table were told is explained by one order of all of it', () => {
  for (const kills of ['without kills', 'with kills'] as const) {
    test(`LMDB, ${kills}`, async t => testHistory(t, 'lmdb', await lmdbPlace(t), kills));
    test(`LMDB, four workers, ${kills}`, {skip: needsProc}, async t =>
      testHistory(t, 'lmdb4', await lmdbWorkersPlace(t), kills),
    );
  }
});
