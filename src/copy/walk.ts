import {type Area, areas, type CopyableStore} from '../storage/copyable-store.ts';
import {type Key, keyBytesMax, type ScanPage, type Value} from '../storage/store.ts';

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

export const beginning: Place = {area: areas[0], after: Buffer.alloc(0)};

const limits = {entriesMax: 5_000, bytesMax: 4_000_000};
/** No key opens with 255: key spaces are given out from below. */
const end = Buffer.alloc(keyBytesMax, 0xff);

/** Everything behind a place, page by page, each fetched while the one before it is worked on. */
export async function* walk(store: CopyableStore, place: Place): AsyncGenerator<AreaPage, void, undefined> {
  for (let at = areas.indexOf(place.area); at < areas.length; at++) {
    const area = areas[at]!;
    const after = area === place.area ? place.after : Buffer.alloc(0);
    // Awaited further down, or never when whoever asked goes away.
    const fetch = (last: Key): Promise<ScanPage> => {
      const page = (async () => store.scanArea(area, {start: Buffer.concat([last, Buffer.of(0)]), end}, limits))();
      page.catch(() => {});
      return page;
    };
    for (let next: Promise<ScanPage> | undefined = fetch(after); next; ) {
      const {keys, values, more}: ScanPage = await next;
      next = more ? fetch(keys.at(-1)!) : undefined;
      if (keys.length > 0) yield {area, keys, values};
    }
  }
}
