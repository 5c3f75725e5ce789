import type {Area, RawEntry} from '../copyable-store.ts';
import {decodeNumbers, encodeNumbers} from '../numbers-bytes.ts';
import type {KeyRange, ScanLimits, ScanPage, Value} from '../store.ts';
import {decodeSums, encodeSums} from './group-tallies.ts';
import type {Environment} from './open-environment.ts';
import {area as storedArea} from './stored-key.ts';

const places = {entry: storedArea.entry, counter: storedArea.counter, log: storedArea.logTail} as const;

/** Forwards. */
export function scanAreaPage(
  environment: Environment,
  area: Area,
  range: KeyRange,
  limits: Omit<ScanLimits, 'reverse'>,
): ScanPage {
  const page: ScanPage = {keys: [], values: [], more: false};
  if (range.start.compare(range.end) >= 0) return page;
  const place = places[area];
  let bytes = 0;
  environment.walk({start: {area: place, key: range.start}, end: {area: place, key: range.end}}, (key, value) => {
    const found = area === 'counter' ? encodeNumbers(decodeSums(value)) : value;
    page.keys.push(key);
    page.values.push(found);
    bytes += found.length;
    page.more = page.keys.length >= limits.entriesMax || bytes >= limits.bytesMax;
    return !page.more;
  });
  return page;
}

/** Within the current write transaction. */
export function restoreEntries(environment: Environment, entries: readonly RawEntry[]): void {
  for (const {area, key, value} of entries) {
    const stored = {area: places[area], key};
    if (value === undefined) environment.remove(stored);
    else environment.put(stored, storedValue(area, value));
  }
}

function storedValue(area: Area, value: Value): Value {
  return area === 'counter' ? encodeSums(decodeNumbers(value)) : value;
}

/** The processes that read or wrote here and still live. */
export function otherProcesses(environment: Environment): string[] {
  environment.readerCheck();
  const pids = new Set(
    environment
      .readerList()
      .split('\n')
      .map(line => /^\s*(\d+)\s/.exec(line)?.[1])
      .filter(pid => pid !== undefined && Number(pid) !== process.pid),
  );
  return [...pids].map(pid => `process ${pid}`);
}
