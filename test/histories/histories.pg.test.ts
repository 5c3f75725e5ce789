import {describe, test} from 'node:test';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {postgresPlace} from './places.ts';
import {testHistory} from './test-history.ts';

describe('what clients of three nodes were told is explained by one order of all of it', {skip: noPostgres()}, () => {
  for (const kills of ['without kills', 'with kills'] as const) {
    test(`PostgreSQL, ${kills}`, async t =>
      testHistory(t, 'postgres', await postgresPlace(t, await freshDatabase()), kills));
  }
});
