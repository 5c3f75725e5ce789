import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Write} from '../store.ts';
import {groupCommit} from './group-commit.ts';
import {noRoomError} from './grow-file.ts';
import {openEnvironment} from './open-environment.ts';
import {openPageFile, readMeta} from './page-file.ts';
import {temporaryDirectory} from './temporary-directory.ts';

test('a commit that finds no room changes nothing, not even the counters and logs that it looked at', async t => {
  const directory = temporaryDirectory(t);
  const environment = await openEnvironment({directory, durability: 'commit'});
  const entries = () => {
    const file = openPageFile(join(directory, 'data.mdb'));
    const meta = readMeta(file);
    file.close();
    return typeof meta === 'string' ? meta : meta.main.entries;
  };
  const before = entries();
  const full = groupCommit(
    {
      ...environment,
      admit() {
        throw noRoomError('full');
      },
    },
    'commit',
    () => {},
  );
  const writes: Write[] = [
    {kind: 'put', key: Buffer.from('k'), value: Buffer.from('v')},
    {kind: 'append', log: Buffer.from('log'), record: Buffer.from('r')},
    {kind: 'add', counter: Buffer.from('n'), amounts: [1]},
  ];
  for (let times = 0; times < 3; times++) {
    await assert.rejects(
      full.commit([], () => ({result: 1, writes})),
      /no room|full/,
    );
  }
  await full.drained();
  assert.equal(entries(), before);
  await environment.close();
});
