import {changeRecordFormat} from '../keyspace/change-record.ts';
import {keySpace} from '../keyspace/register.ts';
import {storedItemFormat} from '../keyspace/stored-item.ts';
import {CopyError} from './copy-error.ts';
import type {AreaPage} from './walk.ts';

const known: ReadonlySet<number> = new Set(Object.values(keySpace));
const formats: Readonly<Record<number, number>> = {
  [keySpace.item]: storedItemFormat,
  [keySpace.indexEntry]: storedItemFormat,
  [keySpace.changeRecord]: changeRecordFormat,
};
const json: ReadonlySet<number> = new Set([keySpace.tableByName, keySpace.dropped, keySpace.stream]);

/** @throws CopyError at what a newer version wrote, or none */
export function mustBeKnown({area, keys, values}: AreaPage): void {
  for (let at = 0; at < keys.length; at++) {
    const space = keys[at]![0]!;
    if (!known.has(space)) refuse(`it holds keys of a kind (${hex(space)}) that this version does not know`);
    if (area !== 'entry') continue;
    const format = formats[space];
    if (format !== undefined && values[at]![0] !== format) {
      refuse(`an entry of kind ${hex(space)} has format ${values[at]![0]}; this version reads format ${format}`);
    }
    if (json.has(space) && !isJson(values[at]!)) refuse(`an entry of kind ${hex(space)} can't be read`);
  }
}

function refuse(what: string): never {
  throw new CopyError(
    `can't copy the source: ${what}; it was written by a newer version, or is damaged: copy with the version that ` +
      'wrote it, or restore it from a backup',
  );
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');
