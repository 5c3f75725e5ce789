import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {checkFile} from '../server/check.ts';
import {UsageError} from './flags.ts';

const help = `Reads all data in a folder, and checks that every entry is what was written.

Usage: stator check --data DIR
       (in a clone: npm start -- check …)

Checked are all pages of DIR/data.mdb, their order, and the checksum of every entry. Nothing is changed. Stop what serves
the folder first. Exit code 0: all is well; 1: something is damaged.

Data in PostgreSQL: see data_checksums and amcheck there.`;

/** @throws UsageError */
export function check(args: readonly string[]): void {
  const {data, help: wantsHelp} = readFlags(args);
  if (wantsHelp) {
    console.log(help);
    return;
  }
  if (data === undefined) throw new UsageError('check needs --data DIR; check --help tells more');
  const file = join(resolve(data), 'data.mdb');
  const {entries, bytes, hasSums, damage, damagedPlaces} = checkFile(file);
  const size = `${entries.toLocaleString('en-US')} entries, ${(bytes / 1e6).toFixed(1)} MB`;
  if (damagedPlaces === 0) {
    console.log(
      `${file}: ${size}: ${hasSums ? 'all is well' : 'all pages are well; entries of format 1 bear no checksums'}`,
    );
    return;
  }
  const more = damagedPlaces > damage.length ? [`… and ${damagedPlaces - damage.length} more`] : [];
  console.log([`${file}: ${size} could be read.`, ...damage, ...more].join('\n'));
  process.exitCode = 1;
  console.error(
    `stator: ${file} is damaged in ${damagedPlaces} ${damagedPlaces === 1 ? 'place' : 'places'}: keep it, restore a copy of the folder, and look after the disk`,
  );
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({args: [...args], options: {data: {type: 'string'}, help: {type: 'boolean'}}}).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}; check --help lists what there is`);
  }
}
