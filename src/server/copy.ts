import {existsSync, realpathSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {systemRandom} from '../base/random.ts';
import {CopyError} from '../copy/copy-error.ts';
import {type Copied, copyStore, type Progress} from '../copy/copy-store.ts';
import {openStore} from './open-store.ts';
import {postgresPlace} from './postgres-place.ts';

/**
 * Copies all data from one place to another: each a folder, or `postgres://…`.
 * @throws CopyError | StoreOpenError
 */
export async function copyData(from: string, to: string, onProgress: (progress: Progress) => void): Promise<Copied> {
  if (!isUrl(from) && !existsSync(join(from, 'data.mdb'))) {
    throw new CopyError(`there is no data in ${from}: name the folder of a server (its --data), or postgres://…`);
  }
  const source = await open(from, true);
  try {
    const target = await open(to, false);
    try {
      return await copyStore({source, target, from: nameOf(from), onProgress});
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A name of its own tells this copy's connections from those of nodes. */
function open(place: string, mustExist: boolean) {
  if (!isUrl(place)) return openStore({kind: 'lmdb', directory: resolve(place), durability: 'commit'});
  const applicationName = `stator copy ${systemRandom.uuid()}`;
  return openStore({kind: 'postgres', url: place, mustExist, applicationName});
}

function isUrl(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place);
}

/** The same however it is written, and without what is secret. */
function nameOf(place: string): string {
  return isUrl(place) ? postgresPlace(place) : realpathSync(place);
}
