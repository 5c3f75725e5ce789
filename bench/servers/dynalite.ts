import {join} from 'node:path';
import {installNpmPeer, peersDir} from '../peers.ts';
import type {BenchServer} from './server.ts';

export const dynalite: BenchServer = {
  id: 'dynalite',
  title: 'dynalite (memory)',
  durability: 'none',
  prepare: () => installNpmPeer('dynalite', 'dynalite', '4.0.0'),
  command: ({port}) => ({
    program: process.execPath,
    args: [
      '--max-old-space-size=8192', // a million items do not fit the default heap
      join(peersDir, 'dynalite', 'node_modules', 'dynalite', 'cli.js'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--createTableMs',
      '0',
    ],
  }),
};
