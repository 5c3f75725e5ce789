import {describe} from 'node:test';
import {freshSchema, noSinglePostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {storeContract} from '../store-contract.ts';
import {openPostgresStore} from './postgres-store.ts';

// On Citus it is another contract, on keys cut otherwise: citus/citus-store.pg.test.ts.
describe('on PostgreSQL', {skip: noSinglePostgres()}, () => {
  // Keys of the contract are a few bytes long: cut within them, and behind them.
  for (const bytes of [1, 3, 29]) {
    storeContract(`postgres, ${bytes} bytes of partition`, async () => {
      const {url} = await sharedPostgres();
      return openPostgresStore({url, schema: freshSchema(), partitionBytesOf: () => bytes});
    });
  }
});
