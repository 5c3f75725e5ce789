import {type CopyNote, copyNoteKey, decodeCopyNote, encodeCopyNote} from '../keyspace/copy-note.ts';
import {areas, type CopyableStore, type RawEntry} from '../storage/copyable-store.ts';
import {keyBytesMax} from '../storage/store.ts';
import {checksumsOf, differences} from './checksums.ts';
import {CopyError} from './copy-error.ts';
import {mustBeKnown} from './must-be-known.ts';
import {type SummaryRow, summaryOf} from './summary.ts';
import {walk} from './walk.ts';

export interface Progress {
  doing: 'copying' | 'checking';
  entries: number;
  bytes: number;
  /** How many entries there will be, as far as it is known. */
  entriesAbout: number | undefined;
}

export interface CopyOptions {
  source: CopyableStore;
  target: CopyableStore;
  /** Names the source: a copy that was interrupted goes on only from the same one. */
  from: string;
  onProgress(progress: Progress): void;
}

export interface Copied {
  /** An earlier run had copied some of it. */
  wentOn: boolean;
  summary: SummaryRow[];
}

const everything = {start: Buffer.of(0), end: Buffer.alloc(keyBytesMax, 0xff)};

/**
 * Makes `target` hold what `source` holds, and checks that it does, by reading both again. What was done so far is noted in
 * the target with each page, so that a copy which was interrupted goes on there; until it is complete, no server starts on it.
 * @throws CopyError
 */
export async function copyStore({source, target, from, onProgress}: CopyOptions): Promise<Copied> {
  await mustBeUnused(source, 'source');
  await mustBeUnused(target, 'target');
  if ((await noteOf(source)) !== undefined) {
    throw new CopyError('the source is itself a copy that is not complete: finish that one first');
  }
  const entriesAbout = await source.entriesEstimate();
  let note = await begin(target, from);
  const wentOn = note.entries > 0;
  for await (const page of walk(source, {area: note.area, after: Buffer.from(note.after, 'base64')})) {
    mustBeKnown(page);
    note = {
      ...note,
      area: page.area,
      after: page.keys.at(-1)!.toString('base64'),
      entries: note.entries + page.keys.length,
      bytes: note.bytes + page.keys.reduce((sum, key, at) => sum + key.length + page.values[at]!.length, 0),
    };
    await target.restore([
      ...page.keys.map((key, at): RawEntry => ({area: page.area, key, value: page.values[at]!})),
      noteEntry(note),
    ]);
    onProgress({doing: 'copying', entries: note.entries, bytes: note.bytes, entriesAbout});
  }
  return {wentOn, summary: await check(source, target, note, onProgress)};
}

/** Where to go on; notes the beginning of a new copy. */
async function begin(target: CopyableStore, from: string): Promise<CopyNote> {
  const fresh: CopyNote = {from, stage: 'copy', area: areas[0], after: '', entries: 0, bytes: 0};
  const note = await noteOf(target);
  if (note && note.from !== from) {
    throw new CopyError(
      `the target holds part of a copy of ${note.from}: go on with that one, or name a target that is empty`,
    );
  }
  if (note?.stage === 'copy') return note;
  if (note) await clearAllButNote(target);
  else if (await holdsAnything(target)) {
    throw new CopyError('the target holds data: name one that is empty, or does not exist yet');
  }
  await target.restore([noteEntry(fresh)]);
  return fresh;
}

/** The note goes last, when it is written anew: a run that ends amid this leaves it for the next one. */
async function clearAllButNote(target: CopyableStore): Promise<void> {
  const key = copyNoteKey();
  const afterKey = Buffer.concat([key, Buffer.of(0)]);
  while (await target.clear({start: everything.start, end: key}));
  while (await target.clear({start: afterKey, end: everything.end}));
}

async function check(
  source: CopyableStore,
  target: CopyableStore,
  note: CopyNote,
  onProgress: CopyOptions['onProgress'],
): Promise<SummaryRow[]> {
  const progress = {doing: 'checking' as const, entries: 0, bytes: 0, entriesAbout: note.entries};
  const [wanted, found] = await Promise.all([
    checksumsOf(source, ({keys, values}) => {
      progress.entries += keys.length;
      progress.bytes += keys.reduce((sum, key, at) => sum + key.length + values[at]!.length, 0);
      onProgress(progress);
    }),
    checksumsOf(target, () => {}),
  ]);
  const different = differences(wanted, found);
  if (different.length > 0) {
    await target.restore([noteEntry({...note, stage: 'clear'})]);
    const names = different.slice(0, 5).map(({area, space, table}) => {
      const kind = `${area} ${space.toString(16).padStart(2, '0')}`;
      return table === 0 ? kind : `${kind} of ${wanted.tables.get(table)?.name ?? `table ${table}`}`;
    });
    throw new CopyError(
      `the copy is not what the source is now (${names.join(', ')}${different.length > 5 ? ', …' : ''}): the source ` +
        'was changed meanwhile, or one of the two is damaged. Stop all that serves the source, and run this again: it ' +
        'empties the target and begins anew',
    );
  }
  await target.restore([{area: 'entry', key: copyNoteKey(), value: undefined}]);
  return summaryOf(wanted);
}

async function mustBeUnused(store: CopyableStore, what: 'source' | 'target'): Promise<void> {
  const users = await store.otherUsers();
  if (users.length === 0) return;
  throw new CopyError(`the ${what} is in use by ${users.join(', ')}: stop what serves it, then run this again`);
}

async function noteOf(store: CopyableStore): Promise<CopyNote | undefined> {
  const [bytes] = await store.read([copyNoteKey()]);
  return bytes && decodeCopyNote(bytes);
}

function noteEntry(note: CopyNote): RawEntry {
  return {area: 'entry', key: copyNoteKey(), value: encodeCopyNote(note)};
}

async function holdsAnything(store: CopyableStore): Promise<boolean> {
  for (const area of areas) {
    const {keys} = await store.scanArea(area, everything, {entriesMax: 1, bytesMax: 1});
    if (keys.length > 0) return true;
  }
  return false;
}
