import {existsSync, realpathSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {systemClock} from '../base/clock.ts';
import {systemRandom} from '../base/random.ts';
import {CopyError} from '../copy/copy-error.ts';
import {type Copied, copyStore, type Progress} from '../copy/copy-store.ts';
import {release} from '../copy/following.ts';
import {openStore} from './open-store.ts';
import {postgresPlace} from './postgres-place.ts';

export type {Progress};

export interface CopyRequest {
  /** Each a folder, or `postgres://…`. */
  from: string;
  to: string;
  /** The source is served meanwhile; once this is fulfilled, the target takes its place. */
  follow?: Promise<void>;
  onProgress(progress: Progress): void;
}

/**
 * Copies all data from one place to another.
 * @throws CopyError | StoreOpenError
 */
export async function copyData({from, to, follow, onProgress}: CopyRequest): Promise<Copied> {
  const source = await openSource(from);
  try {
    const target = await open(to, false);
    try {
      const names = {from: nameOf(from), to: nameOf(to)};
      const shared = {source, target, ...names, clock: systemClock, random: systemRandom, onProgress};
      return await copyStore(follow ? {...shared, follow} : shared);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Ends that a copy follows, and lets what has moved be written to again. */
export async function releaseData(from: string): Promise<void> {
  const source = await openSource(from);
  try {
    await release(source);
  } finally {
    await source.close();
  }
}

async function openSource(from: string) {
  if (!isUrl(from) && !existsSync(join(from, 'data.mdb'))) {
    throw new CopyError(`there is no data in ${from}: name the folder of a server (its --data), or postgres://…`);
  }
  return open(from, true);
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
