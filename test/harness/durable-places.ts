import type {TestContext} from 'node:test';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {temporaryDirectory} from './server-process.ts';

/** Where data outlives a process: each test of that runs on all of them. */
export const durablePlaces: {
  name: string;
  skip: string | false;
  /** The options that make a server keep its data in an empty place, which goes with the test. */
  options(t: TestContext): Promise<string[]>;
}[] = [
  {name: 'LMDB', skip: false, options: async t => ['--data', temporaryDirectory(t)]},
  {
    name: 'LMDB, relaxed',
    skip: false,
    options: async t => ['--data', temporaryDirectory(t), '--durability', 'relaxed'],
  },
  {name: 'PostgreSQL', skip: noPostgres(), options: async () => ['--store', await freshDatabase()]},
];
