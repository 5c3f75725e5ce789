import {areas, type CopyableStore, type RawEntry} from '../storage/copyable-store.ts';
import type {KeyRange} from '../storage/store.ts';
import {isOwnKey} from './own-keys.ts';
import {type AreaPage, walk} from './walk.ts';

interface Cursor {
  page: AreaPage | undefined;
  at: number;
}

const batchEntries = 2_000;

/** Makes a range of the target what it is in the source, writing nothing but what differs. */
export async function reconcile(source: CopyableStore, target: CopyableStore, range: KeyRange): Promise<void> {
  const batch: RawEntry[] = [];
  const [wanted, found] = [pagesOf(source, range), pagesOf(target, range)];
  await Promise.all([wanted.next(), found.next()]);
  for (;;) {
    const [one, other] = [wanted.entry(), found.entry()];
    if (!one && !other) break;
    const order = !one ? 1 : !other ? -1 : compare(one, other);
    if (order < 0) batch.push(one!);
    else if (order > 0) batch.push({...other!, value: undefined});
    else if (!one!.value!.equals(other!.value!)) batch.push(one!);
    if (order <= 0) await wanted.next();
    if (order >= 0) await found.next();
    if (batch.length >= batchEntries) await target.restore(batch.splice(0));
  }
  if (batch.length > 0) await target.restore(batch);
}

function compare(one: RawEntry, other: RawEntry): number {
  return areas.indexOf(one.area) - areas.indexOf(other.area) || one.key.compare(other.key);
}

/** The entries of a range one by one. */
function pagesOf(store: CopyableStore, range: KeyRange) {
  const pages = walk(store, range);
  const cursor: Cursor = {page: undefined, at: -1};
  return {
    entry(): RawEntry | undefined {
      const {page, at} = cursor;
      return page && {area: page.area, key: page.keys[at]!, value: page.values[at]!};
    },
    async next(): Promise<void> {
      do {
        cursor.at++;
        if (cursor.page && cursor.at < cursor.page.keys.length) continue;
        const {value, done} = await pages.next();
        cursor.page = done ? undefined : value;
        cursor.at = 0;
      } while (cursor.page && isOwnKey(cursor.page.keys[cursor.at]!));
    },
  };
}
