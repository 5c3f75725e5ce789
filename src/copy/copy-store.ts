import {type Clock, pause} from '../base/clock.ts';
import type {Random} from '../base/random.ts';
import {type CopyNote, copyNoteKey, decodeCopyNote, encodeCopyNote} from '../keyspace/copy-note.ts';
import {areas, type CopyableStore, type RawEntry} from '../storage/copyable-store.ts';
import {applyFeed} from './apply-feed.ts';
import {type Checksums, checksumsOf, differences} from './checksums.ts';
import {CopyError} from './copy-error.ts';
import {fence, followNoteOf, startFollowing, unfence} from './following.ts';
import {mustBeKnown} from './must-be-known.ts';
import {isOwnKey} from './own-keys.ts';
import {reconcile} from './reconcile.ts';
import {type SummaryRow, summaryOf} from './summary.ts';
import {type AreaPage, everything, walk} from './walk.ts';

export interface Progress {
  doing: 'copying' | 'following' | 'checking';
  /** Entries, or commits that were followed. */
  count: number;
  bytes: number;
  /** What `count` will come to, as far as it is known. */
  countAbout: number | undefined;
}

export interface CopyOptions {
  source: CopyableStore;
  target: CopyableStore;
  /** Names of both. A copy that was interrupted goes on only between the same two. */
  from: string;
  to: string;
  /** The source is served meanwhile. Once this is fulfilled, the target shall take its place. */
  follow?: Promise<void>;
  clock: Clock;
  random: Random;
  onProgress(progress: Progress): void;
}

export interface Copied {
  /** An earlier run had copied some of it. */
  wentOn: boolean;
  summary: SummaryRow[];
  /** How long nothing could be written, until the target had everything and until it was checked, in milliseconds. */
  paused?: {untilDrainedMs: number; untilCheckedMs: number};
  /** Following had missed something, which was put right before the target was checked again. */
  mended?: boolean;
}

/**
 * Makes `target` hold what `source` holds, and checks that it does, by reading both again. What was done so far is noted in
 * the target with each page, so that a copy which was interrupted goes on there; until it is complete, no server starts on it.
 * @throws CopyError
 */
export async function copyStore(options: CopyOptions): Promise<Copied> {
  const {source, target, from, to, follow, clock, random, onProgress} = options;
  if (!follow) await mustBeUnused(source, 'source', clock);
  await mustBeUnused(target, 'target', clock);
  if ((await noteOf(source)) !== undefined) {
    throw new CopyError('the source is itself a copy that is not complete: finish that one first');
  }
  const followed = await followNoteOf(source);
  if (followed && !follow) {
    throw new CopyError(`a copy to ${followed.to} follows the source: go on with --follow, or end that with --release`);
  }
  const beginNote = await begin(target, from, follow ? () => startFollowing(source, to, random) : undefined);
  const note = await copyPages(options, beginNote);
  const wentOn = beginNote.entries > 0;
  if (follow) return {wentOn, ...(await switchOver(options, follow, note))};
  const {wanted, different} = await compare(source, target, note, onProgress);
  if (different !== '') {
    await target.restore([noteEntry({...note, stage: 'clear'})]);
    throw new CopyError(
      `the copy is not what the source is now (${different}): the source was changed meanwhile, or one of the two is ` +
        'damaged. Stop all that serves the source, and run this again: it empties the target and begins anew',
    );
  }
  await endNote(target);
  return {wentOn, summary: summaryOf(wanted)};
}

/** Where to go on; notes the beginning of a new copy. The source is followed only once the target is known to be good. */
async function begin(
  target: CopyableStore,
  from: string,
  startFollow: (() => Promise<string>) | undefined,
): Promise<CopyNote> {
  const note = await noteOf(target);
  if (note && note.from !== from) {
    throw new CopyError(
      `the target holds part of a copy of ${note.from}: go on with that one, or name a target that is empty`,
    );
  }
  if (!note && (await holdsAnything(target))) {
    throw new CopyError(
      'the target holds data (a copy that is complete, perhaps): name one that is empty, or does not exist yet',
    );
  }
  const follow = await startFollow?.();
  if (note?.stage === 'copy' && note.follow === follow) return note;
  if (note) await clearAllButNote(target);
  const fresh: CopyNote = {from, stage: 'copy', area: areas[0], after: '', entries: 0, bytes: 0};
  const begun = follow === undefined ? fresh : {...fresh, follow};
  await target.restore([noteEntry(begun)]);
  return begun;
}

async function copyPages({source, target, onProgress}: CopyOptions, begun: CopyNote): Promise<CopyNote> {
  const countAbout = await source.entriesEstimate();
  const place = {area: begun.area, after: Buffer.from(begun.after, 'base64')};
  let note = begun;
  for await (const page of walk(source, everything, place)) {
    mustBeKnown(page);
    const {area, keys, values} = page;
    const entries = keys.map((key, at): RawEntry => ({area, key, value: values[at]}));
    note = {
      ...note,
      area,
      after: keys.at(-1)!.toString('base64'),
      entries: note.entries + keys.length,
      bytes: note.bytes + bytesOf(page),
    };
    await target.restore([...entries.filter(({key}) => !isOwnKey(key)), noteEntry(note)]);
    onProgress({doing: 'copying', count: note.entries, bytes: note.bytes, countAbout});
  }
  return note;
}

/** A batch of the feed smaller than this is as near to the end as it gets while the source takes writes. */
const caughtUpCommits = 100;
const lookAgainMs = 100;
/** A source that takes more than can be followed is fenced all the same. */
const catchUpMsMax = 60_000;

/** Follows until it is asked to end that; then lets the target take the source's place. */
async function switchOver(options: CopyOptions, follow: Promise<void>, note: CopyNote) {
  const {source, target, clock, onProgress} = options;
  let askedMs: number | undefined;
  const asked = follow.then(() => {
    askedMs = clock.now();
  });
  let followed = 0;
  const drain = async () => {
    const commits = await applyFeed(source, target);
    followed += commits;
    onProgress({doing: 'following', count: followed, bytes: 0, countAbout: undefined});
    return commits;
  };
  for (;;) {
    const commits = await drain();
    if (askedMs !== undefined && (commits < caughtUpCommits || clock.now() - askedMs > catchUpMsMax)) break;
    if (commits < caughtUpCommits) await Promise.race([asked, pause(lookAgainMs)]);
  }
  const fencedMs = clock.now();
  await fence(source);
  let untilDrainedMs: number;
  let wanted: Checksums;
  let different: string;
  let mended: boolean;
  try {
    while ((await drain()) > 0);
    untilDrainedMs = clock.now() - fencedMs;
    ({wanted, different} = await compare(source, target, note, onProgress));
    mended = different !== '';
    if (mended) {
      // A process that died amid the clearing of a range could not tell of it.
      await reconcile(source, target, everything);
      ({wanted, different} = await compare(source, target, note, onProgress));
    }
    if (different !== '') {
      await target.restore([noteEntry({...note, stage: 'clear'})]);
      throw new CopyError(
        `the copy is not what the source is (${different}): one of the two is damaged. The source is served on; running ` +
          'this again begins anew',
      );
    }
  } catch (error) {
    await unfence(source);
    throw error;
  }
  // From here on the target counts: should this fail, nobody knows whether servers start on it, so the source stays fenced.
  await endNote(target);
  return {summary: summaryOf(wanted), mended, paused: {untilDrainedMs, untilCheckedMs: clock.now() - fencedMs}};
}

async function compare(
  source: CopyableStore,
  target: CopyableStore,
  note: CopyNote,
  onProgress: CopyOptions['onProgress'],
): Promise<{wanted: Checksums; different: string}> {
  const progress = {doing: 'checking' as const, count: 0, bytes: 0, countAbout: note.entries};
  const [wanted, found] = await Promise.all([
    checksumsOf(source, page => {
      progress.count += page.keys.length;
      progress.bytes += bytesOf(page);
      onProgress(progress);
    }),
    checksumsOf(target, () => {}),
  ]);
  const different = differences(wanted, found);
  const names = different.slice(0, 5).map(({area, space, table}) => {
    const kind = `${area} ${space.toString(16).padStart(2, '0')}`;
    return table === 0 ? kind : `${kind} of ${wanted.tables.get(table)?.name ?? `table ${table}`}`;
  });
  return {wanted, different: `${names.join(', ')}${different.length > names.length ? ', …' : ''}`};
}

/** The note goes last, when it is written anew: a run that ends amid this leaves it for the next one. */
async function clearAllButNote(target: CopyableStore): Promise<void> {
  const key = copyNoteKey();
  const afterKey = Buffer.concat([key, Buffer.of(0)]);
  while (await target.clear({start: everything.start, end: key}));
  while (await target.clear({start: afterKey, end: everything.end}));
}

/** Whose process was just killed may still be seen: its server does not look before it is done with what was asked last. */
const leavingMsMax = 3_000;

async function mustBeUnused(store: CopyableStore, what: 'source' | 'target', clock: Clock): Promise<void> {
  const untilMs = clock.now() + leavingMsMax;
  let users = await store.otherUsers();
  for (; users.length > 0 && clock.now() < untilMs; users = await store.otherUsers()) await pause(100);
  if (users.length === 0) return;
  const instead = what === 'source' ? ', or copy with --follow' : '';
  throw new CopyError(
    `the ${what} is in use by ${users.join(', ')}: stop what serves it${instead}, then run this again`,
  );
}

async function noteOf(store: CopyableStore): Promise<CopyNote | undefined> {
  const [bytes] = await store.read([copyNoteKey()]);
  return bytes && decodeCopyNote(bytes);
}

function noteEntry(note: CopyNote): RawEntry {
  return {area: 'entry', key: copyNoteKey(), value: encodeCopyNote(note)};
}

function endNote(target: CopyableStore): Promise<void> {
  return target.restore([{area: 'entry', key: copyNoteKey(), value: undefined}]);
}

function bytesOf({keys, values}: AreaPage): number {
  return keys.reduce((sum, key, at) => sum + key.length + values[at]!.length, 0);
}

async function holdsAnything(store: CopyableStore): Promise<boolean> {
  for (const area of areas) {
    const {keys} = await store.scanArea(area, everything, {entriesMax: 1, bytesMax: 1});
    if (keys.length > 0) return true;
  }
  return false;
}
