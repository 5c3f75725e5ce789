import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {storeContract} from '../store-contract.ts';
import {openLmdbStore} from './lmdb-store.ts';

for (const durability of ['commit', 'relaxed'] as const) {
  storeContract(`lmdb, ${durability}`, t => openLmdbStore({directory: temporaryDirectory(t), durability}));
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'stator-lmdb-'));
  t.after(() => rmSync(directory, {recursive: true, force: true}));
  return directory;
}
