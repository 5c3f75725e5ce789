import {fileURLToPath} from 'node:url';
import type {BenchServer} from './server.ts';

/** The bare socket server of `floor-program.ts`: what the machine can do when the database costs nothing. */
export const floor: BenchServer = {
  id: 'floor',
  title: 'Floor (bare socket)',
  durability: 'none',
  only: ['GetItem'],
  prepare: async () => {},
  command: ({port}) => ({
    program: process.execPath,
    args: [fileURLToPath(new URL('floor-program.js', import.meta.url)), String(port)],
  }),
};
