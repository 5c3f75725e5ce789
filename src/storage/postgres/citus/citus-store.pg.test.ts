import {describe} from 'node:test';
import {freshSchema, sharedCitus} from '../../../../test/postgres/shared-postgres.ts';
import {hasCitus} from '../../../../test/postgres/start-citus.ts';
import {storeContract} from '../../store-contract.ts';
import {openPostgresStore} from '../postgres-store.ts';

describe('on Citus', {skip: !hasCitus() && 'Citus is not installed beside PostgreSQL', timeout: 240_000}, () => {
  let database: Promise<string> | undefined;
  // Logs of the contract have names of 3 bytes at most: with more, their records would lie in other partitions than they. With 1,
  // every key would count as one that goes without a lock.
  for (const bytes of [2, 3]) {
    const open = async () => {
      database ??= sharedCitus().then(({makeDatabase}) => makeDatabase(freshSchema()));
      return openPostgresStore({url: await database, schema: freshSchema(), partitionBytesOf: () => bytes, shards: 4});
    };
    storeContract(`citus, ${bytes} bytes of partition`, open, {pagesMixMoments: true});
  }
});
