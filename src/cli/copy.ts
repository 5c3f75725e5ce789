import {parseArgs} from 'node:util';
import {systemClock} from '../base/clock.ts';
import {copyData, type Progress, releaseData} from '../server/copy.ts';
import {UsageError} from './flags.ts';
import {progressLines} from './progress-lines.ts';

const help = `Copies all data of a Stator to another place, and checks the copy.

Usage: stator copy --from WHERE --to WHERE [--follow [--switch-over]]
       stator copy --from WHERE --release
       (in a clone: npm start -- copy …)

WHERE is a folder (what the server calls --data), or postgres://user@host/db (what it calls --store).

  stator copy --from ./stator-data --to postgres://stator@db.internal/stator
  stator copy --from postgres://stator@db.internal/stator --to ./stator-data

Everything moves: tables and their settings, items, indexes, streams with the positions of their readers, expiry times,
tags, tokens of transactions. Stop what serves the source first (one in use is refused), or copy with --follow.

The target must be empty, or not be there yet. A copy that was interrupted goes on when it is run again; until it is
complete, no server starts on it. At the end both are read again, and compared by counts and checksums.

  --from WHERE            what to copy
  --to WHERE              where it goes
  --follow                the source is served meanwhile: go on copying what is written to it, until Enter is pressed.
                          Then it takes no more writes (503, which SDKs try again), the rest is copied, both are compared,
                          and the target takes its place: start servers on that
  --switch-over           with --follow: do so as soon as everything is copied
  --release               end a --follow that is not wanted, or let a source that has moved be written to again
  --help                  show this`;

/** @throws UsageError | CopyError | StoreOpenError */
export async function copy(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  const {from, to} = flags;
  if (flags.help) {
    console.log(help);
    return;
  }
  if (flags.release) {
    if (!from || to) throw new UsageError('--release needs --from WHERE, and nothing else');
    await releaseData(from);
    console.log(`No copy follows ${from} now, and servers may write to it.`);
    return;
  }
  if (!from || !to) throw new UsageError('copy needs --from WHERE and --to WHERE; copy --help tells more');
  if (flags['switch-over'] && !flags.follow) throw new UsageError('--switch-over goes with --follow');
  const startedMs = systemClock.now();
  const progress = progressLines(systemClock);
  const onProgress = tellingWhenToPress(progress, !flags['switch-over']);
  const follow = flags['switch-over'] ? Promise.resolve() : flags.follow && enterPressed();
  const {wentOn, summary, paused, mended} = await copyData({from, to, onProgress, ...(follow && {follow})}).finally(
    () => {
      progress.end();
      process.stdin.destroy();
    },
  );
  const seconds = ((systemClock.now() - startedMs) / 1000).toFixed(1);
  console.log(
    table(summary.map(row => [row.name, row.items, row.indexEntries, row.streamRecords, row.bytes, row.checksum])),
  );
  console.log(
    `Copied${wentOn ? ', with what an earlier run had done,' : ''} in ${seconds} s. Counts and checksums of source and target are equal.`,
  );
  if (mended) console.log('Following had missed something; it was put right before the last check.');
  if (paused) {
    console.log(
      `Paused: the source takes no writes any more. ${paused.untilDrainedMs} ms later the target had everything, after ` +
        `${paused.untilCheckedMs} ms it was checked. Serve the target now.`,
    );
  }
}

function enterPressed(): Promise<void> {
  return new Promise(resolve => process.stdin.once('data', () => resolve()));
}

/** Says once, when there is only following left to do, what ends it. */
function tellingWhenToPress(progress: ReturnType<typeof progressLines>, says: boolean) {
  let said = !says;
  return (found: Progress) => {
    if (found.doing === 'following' && !said) {
      said = true;
      progress.end();
      console.error('All is copied, and what is written is followed. Press Enter to let the target take the place.');
    }
    progress.show(found);
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        from: {type: 'string'},
        to: {type: 'string'},
        follow: {type: 'boolean'},
        'switch-over': {type: 'boolean'},
        release: {type: 'boolean'},
        help: {type: 'boolean'},
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}; copy --help lists what there is`);
  }
}

const head = ['table', 'items', 'index entries', 'stream records', 'bytes', 'checksum'];

/** Numbers to the right. */
function table(rows: (string | number)[][]): string {
  const cells = [head, ...rows.map(row => row.map(cell => cell.toLocaleString('en-US')))];
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column]!.length)));
  const isNumber = (column: number) => typeof rows[0]?.[column] === 'number';
  const line = (row: string[]) =>
    row.map((cell, at) => (isNumber(at) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join('  ');
  return cells.map(row => line(row).trimEnd()).join('\n');
}
