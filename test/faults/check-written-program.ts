/**
 * Holds what `writer-process.ts` left in a directory to the names that it acknowledged, one a line in a file. A process of its
 * own, since nobody knows what LMDB does with a file that is damaged.
 *
 *     node check-written-program.js <directory> <file of names>
 */
import {readFileSync} from 'node:fs';
import {checkWritten} from '../../src/storage/lmdb/check-written.ts';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';

const [directory, names] = process.argv.slice(2);
const store = await openLmdbStore({directory: directory!, durability: 'commit'});
checkWritten(
  store,
  new Set(
    readFileSync(names!, 'utf8')
      .split('\n')
      .filter(name => name !== ''),
  ),
);
await store.close();
