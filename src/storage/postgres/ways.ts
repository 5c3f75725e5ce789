import type {Key, ScanLimits, Value} from '../store.ts';
import {mayMixMoments} from './citus/moments.ts';
import {scanShards} from './citus/scan-shards.ts';
import {citusStatementsOf} from './citus/statements.ts';
import type {Connection} from './connections.ts';
import {gatherReads} from './gather-reads.ts';
import type {Row} from './prepared-query.ts';
import type {Layout} from './schema.ts';
import type {SplitRange} from './split-key.ts';
import {type Statements, statementsOf} from './statements.ts';

/** What differs with the layout of the tables. */
export interface Ways {
  statements: Statements;
  mayMixMoments(keys: readonly Key[]): boolean;
  read(keys: readonly Key[]): Promise<(Value | undefined)[]>;
  /** Key and value of the rows of a page. */
  readPage(connection: Connection, range: SplitRange, limits: ScanLimits): Promise<Row[]>;
}

type Shared = Omit<Parameters<typeof gatherReads>[0], 'statement' | 'keysMax'>;

export function waysOf(layout: Layout, schema: string, shared: Shared): Ways {
  return layout === 'together' ? together(schema, shared) : spread(schema, shared);
}

function together(schema: string, shared: Shared): Ways {
  const statements = statementsOf(schema);
  return {
    statements,
    mayMixMoments: () => false,
    read: gatherReads({...shared, statement: statements.read, keysMax: 512}),
    readPage: (connection, {start, end}, {reverse, entriesMax, bytesMax}) =>
      connection.run(reverse ? statements.scanBackward : statements.scanForward, [
        start.partition,
        start.sort,
        end.partition,
        end.sort,
        entriesMax,
        bytesMax,
      ]),
  };
}

function spread(schema: string, shared: Shared): Ways {
  const {partitionBytesOf} = shared.places;
  const statements = citusStatementsOf(schema, partitionBytesOf);
  // Keys are read one after another, and nobody is to wait for the many of somebody else, nor for somebody else's locks.
  const readAlone = gatherReads({...shared, statement: statements.read, keysMax: 64});
  const readLocked = gatherReads({...shared, statement: statements.readLocked, keysMax: 128});
  const mayMix = (keys: readonly Key[]) => mayMixMoments(keys, partitionBytesOf);
  return {
    statements,
    mayMixMoments: mayMix,
    read: keys => (mayMix(keys) ? readLocked(keys) : readAlone(keys)),
    readPage: (connection, range, limits) => scanShards(connection, statements, range, limits),
  };
}
