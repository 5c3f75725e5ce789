import {type Area, areas, type CopyableStore} from '../storage/copyable-store.ts';
import {type Key, type KeyRange, keyBytesMax, type ScanPage, type Value} from '../storage/store.ts';

/** Behind everything of this area up to `after`. */
export interface Place {
  area: Area;
  after: Key;
}

export interface AreaPage {
  area: Area;
  keys: readonly Key[];
  values: readonly Value[];
}

/** No key opens with 255: key spaces are given out from below. */
export const everything: KeyRange = {start: Buffer.of(0), end: Buffer.alloc(keyBytesMax, 0xff)};

const limits = {entriesMax: 5_000, bytesMax: 4_000_000};

/** All that lies in a range, or behind a place in it, page by page, each fetched while the one before it is worked on. */
export async function* walk(
  store: CopyableStore,
  range: KeyRange,
  place: Place = {area: areas[0], after: Buffer.alloc(0)},
): AsyncGenerator<AreaPage, void, undefined> {
  for (let at = areas.indexOf(place.area); at < areas.length; at++) {
    const area = areas[at]!;
    const isBehind = area === place.area && place.after.length > 0;
    // Awaited further down, or never when whoever asked goes away.
    const fetch = (start: Key): Promise<ScanPage> => {
      const page = (async () => store.scanArea(area, {start, end: range.end}, limits))();
      page.catch(() => {});
      return page;
    };
    for (let next: Promise<ScanPage> | undefined = fetch(isBehind ? keyAfter(place.after) : range.start); next; ) {
      const {keys, values, more}: ScanPage = await next;
      next = more ? fetch(keyAfter(keys.at(-1)!)) : undefined;
      if (keys.length > 0) yield {area, keys, values};
    }
  }
}

function keyAfter(key: Key): Key {
  return Buffer.concat([key, Buffer.of(0)]);
}
