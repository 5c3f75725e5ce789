import {parseArgs} from 'node:util';
import {systemClock} from '../base/clock.ts';
import {copyData} from '../server/copy.ts';
import {UsageError} from './flags.ts';
import {progressLines} from './progress-lines.ts';

const help = `Copies all data of a Stator to another place, and checks the copy.

Usage: stator copy --from WHERE --to WHERE
       npm start -- copy --from WHERE --to WHERE

WHERE is a folder (what the server calls --data), or postgres://user@host/db (what it calls --store).

  stator copy --from ./stator-data --to postgres://stator@db.internal/stator
  stator copy --from postgres://stator@db.internal/stator --to ./stator-data

Everything moves: tables and their settings, items, indexes, streams with the positions of their readers, expiry times,
tags, tokens of transactions. The source is only read. Stop what serves it first: a source in use is refused.

The target must be empty, or not be there yet. A copy that was interrupted goes on when it is run again; until it is
complete, no server starts on it. At the end both are read again, and compared by counts and checksums.

  --from WHERE            what to copy
  --to WHERE              where it goes
  --follow                not there yet: copying while the source is served
  --help                  show this`;

/** @throws UsageError | CopyError | StoreOpenError */
export async function copy(args: readonly string[]): Promise<void> {
  const {from, to, follow, help: wantsHelp} = readFlags(args);
  if (wantsHelp) {
    console.log(help);
    return;
  }
  if (follow) throw new UsageError('--follow is not there yet: stop what serves the source, and copy without it');
  if (!from || !to) throw new UsageError('copy needs --from WHERE and --to WHERE; copy --help tells more');
  const startedMs = systemClock.now();
  const progress = progressLines(systemClock);
  const {wentOn, summary} = await copyData(from, to, progress.show).finally(progress.end);
  const seconds = ((systemClock.now() - startedMs) / 1000).toFixed(1);
  console.log(
    table(summary.map(row => [row.name, row.items, row.indexEntries, row.streamRecords, row.bytes, row.checksum])),
  );
  console.log(
    `Copied${wentOn ? ', with what an earlier run had done,' : ''} in ${seconds} s. Counts and checksums of source and target are equal.`,
  );
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        from: {type: 'string'},
        to: {type: 'string'},
        follow: {type: 'boolean'},
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
