import {join} from 'node:path';
import {installNpmPeer, peersDir} from '../peers.ts';
import type {BenchServer} from './server.ts';

const packageName = '@dynoxide/linux-x64';
const program = join(peersDir, 'dynoxide', 'node_modules', packageName, 'dynoxide');

const dynoxide = (
  id: string,
  title: string,
  durability: string,
  store: (dataDir: string) => string[],
): BenchServer => ({
  id,
  title,
  durability,
  prepare: () => installNpmPeer('dynoxide', packageName, '1.2.1'),
  command: ({port, dataDir}) => ({program, args: ['serve', '--port', String(port), ...store(dataDir)]}),
});

export const dynoxideMemory = dynoxide('dynoxide-memory', 'Dynoxide (memory)', 'none', () => []);

// Seen with strace on 1.2.1: SQLite in WAL mode with synchronous=FULL, exactly one fsync of the log for each PutItem.
export const dynoxideFile = dynoxide(
  'dynoxide-file',
  'Dynoxide (file)',
  'flushed: one fsync for each write',
  dataDir => ['--db-path', join(dataDir, 'dynoxide.db')],
);
