import {addAmounts} from '../add-amounts.ts';
import type {Area, RawEntry} from '../copyable-store.ts';
import {decodeNumbers, encodeNumbers} from '../numbers-bytes.ts';
import type {Key, ScanPage, Value} from '../store.ts';
import {binaryArray, byteaOf, keyArrays} from './binary-array.ts';
import type {Connection} from './connections.ts';
import type {Row} from './prepared-query.ts';
import type {PartitionBytesOf} from './split-key.ts';
import type {Statements} from './statements.ts';

/** Counters or logs; `range` are the parameters of one. */
export async function scanTallies(
  connection: Connection,
  statements: Statements,
  area: 'counter' | 'log',
  range: readonly Buffer[],
  entriesMax: number,
): Promise<ScanPage> {
  const statement = area === 'counter' ? statements.scanCounters : statements.scanLogs;
  const rows = await connection.run(statement, [...range, entriesMax]);
  return {
    keys: rows.map(([key]) => byteaOf(key!)),
    values: rows.map(area === 'counter' ? sumsOf : ([, next]) => encodeNumbers([Number(next)])),
    more: rows.length >= entriesMax,
  };
}

/** A counter lies in several rows, which are added up. */
function sumsOf([, text]: Row): Value {
  const rows = text!.split(';').map(row => (row === '{}' ? [] : row.slice(1, -1).split(',').map(Number)));
  return encodeNumbers(rows.reduce((sums, row) => addAmounts(sums, row), []));
}

const tables = {entry: 'entry', counter: 'counter', log: 'log_tail'} as const;

/** In one transaction. */
export async function restoreRaw(
  connection: Connection,
  statements: Statements,
  entries: readonly RawEntry[],
  partitionBytesOf: PartitionBytesOf,
): Promise<void> {
  await connection.script('begin');
  for (const area of ['entry', 'counter', 'log'] as const) {
    const own = entries.filter(entry => entry.area === area);
    // Counters are inserted, each in one row, so those that are there go first.
    const gone = own.filter(({value}) => area === 'counter' || value === undefined);
    if (gone.length > 0) {
      await connection.run(statements.deleteRaw[tables[area]], keyArrays(keysOf(gone), partitionBytesOf));
    }
    const there = own.filter(({value}) => value !== undefined);
    if (there.length > 0) await insert(connection, statements, area, there, partitionBytesOf);
  }
  await connection.script('commit');
}

async function insert(
  connection: Connection,
  statements: Statements,
  area: Area,
  entries: readonly RawEntry[],
  partitionBytesOf: PartitionBytesOf,
): Promise<void> {
  const keys = keyArrays(keysOf(entries), partitionBytesOf);
  const values = entries.map(({value}) => value!);
  if (area === 'entry') await connection.run(statements.restoreEntries, [...keys, binaryArray('bytea', values)]);
  else if (area === 'log') await connection.run(statements.restoreLogs, [...keys, binaryArray('bigint', values)]);
  else {
    const sums = values.map(value => `{${decodeNumbers(value).join()}}`).join(';');
    await connection.run(statements.restoreCounters, [...keys, sums]);
  }
}

function keysOf(entries: readonly RawEntry[]): Key[] {
  return entries.map(({key}) => key);
}
