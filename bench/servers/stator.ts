import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {root} from '../peers.ts';
import type {BenchServer} from './server.ts';

const program = join(root, 'dist', 'bundle', 'main.js');

const stator = (id: string, title: string, durability: string, store: (dataDir: string) => string[]): BenchServer => ({
  id,
  title,
  durability,
  prepare: async () => {
    if (!existsSync(program)) throw new Error('not built: dist/bundle/main.js is missing');
  },
  command: ({port, dataDir}) => ({
    program: process.execPath,
    args: [program, '--port', String(port), ...store(dataDir)],
    cwd: dataDir,
  }),
});

export const statorMemory = stator('stator-memory', 'Stator (memory)', 'none', () => ['--in-memory']);

export const statorDurable = stator(
  'stator-durable',
  'Stator (durable)',
  'flushed: one flush for the writes that wait together',
  dataDir => ['--data', join(dataDir, 'data')],
);

/** In no list of servers: `bench/postgres-main.ts` brings the PostgreSQL. */
export const statorPostgres = (url: string): BenchServer =>
  stator('stator-postgres', 'Stator (PostgreSQL)', 'as PostgreSQL does', () => ['--store', url]);
