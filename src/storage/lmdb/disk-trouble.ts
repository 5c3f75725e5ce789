import {systemClock} from '../../base/clock.ts';
import {log} from '../../base/log.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';

/** The way back from damage, for a person. */
export const wayBack = 'restore the folder from a copy; stator check --data DIR says how much is damaged';

const tellAgainMs = 30_000;

/**
 * Tells the operator of an environment's troubles, once however many requests they meet, and makes the errors that those
 * requests fail with.
 */
export function diskTrouble(file: string) {
  const toldMs = new Map<string, number>();
  let isFull = false;

  function tell(text: string): void {
    const nowMs = systemClock.now();
    if (nowMs - (toldMs.get(text) ?? Number.NEGATIVE_INFINITY) < tellAgainMs) return;
    toldMs.set(text, nowMs);
    log.error(text);
  }

  return {
    /** What was to be read is not what was written. It is not served. */
    damaged(what: string): StoreUnavailableError {
      tell(`${file} is damaged (${what}); requests that meet the damage fail: ${wayBack}`);
      return new StoreUnavailableError(`${file} is damaged: ${what}: ${wayBack}`, 'unknown');
    },

    /** There is no room for what was to be written. It is undone as a whole. */
    full(error: Error): StoreUnavailableError {
      isFull = true;
      tell(`no room for ${file}; writes that find none fail, reads go on: make room, which needs no restart`);
      return new StoreUnavailableError(`no room for ${file}`, 'no', {cause: error});
    },

    /** A write went through, and there is room for more. */
    fits(): void {
      if (!isFull) return;
      isFull = false;
      toldMs.clear();
      log.error(`there is room for ${file} again`);
    },

    /** Nobody knows what is on the disk. */
    broken(error: Error): StoreUnavailableError {
      tell(
        `could not write ${file} to its disk (${error.message}); this process writes no more: look after the disk, then start it again`,
      );
      return new StoreUnavailableError(`could not write ${file}: ${error.message}`, 'unknown', {cause: error});
    },

    /** After that. */
    refused: () => new StoreUnavailableError(`nothing more is written to ${file}: its disk failed`, 'no'),
  };
}

export type DiskTrouble = ReturnType<typeof diskTrouble>;
