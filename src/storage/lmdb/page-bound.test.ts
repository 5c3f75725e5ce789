import assert from 'node:assert/strict';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {open} from 'lmdb';
import {type Random, seededRandom} from '../../base/random.ts';
import {overflowPages, pageBound, type TreeSize} from './page-bound.ts';
import {openPageFile, readMeta} from './page-file.ts';
import {temporaryDirectory} from './temporary-directory.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 3;
const runs = Number(process.env.STATOR_FAULT_RUNS) || 1;
const nothing = {puts: 0, removes: 0, valuePages: 0};

function openRaw(t: TestContext) {
  const path = temporaryDirectory(t);
  const raw = open({
    path,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    noSync: true,
    eventTurnBatching: false,
    pageSize: 4096,
    mapSize: 2 ** 40,
  });
  t.after(() => raw.close());
  const file = openPageFile(join(path, 'data.mdb'));
  t.after(file.close);
  const meta = () => {
    const found = readMeta(file);
    assert.ok(typeof found !== 'string');
    return found;
  };
  const treeNow = (): TreeSize => {
    const stats = raw.getStats() as Record<string, number>;
    return {
      depth: stats.treeDepth!,
      branchPages: stats.treeBranchPageCount!,
      leafPages: stats.treeLeafPageCount!,
      overflowPages: stats.overflowPages!,
    };
  };
  return {raw, meta, treeNow};
}

/** What a transaction does: how many writes, and what its keys and values are like. */
function shapeOf(random: Random) {
  const {fraction} = random;
  const upTo = (most: number) => Math.floor(fraction() * most);
  return {
    writes: [1, 3, 40, 400, 4_000][upTo(5)]!,
    removes: [0, 0.1, 0.5, 1][upTo(4)]!,
    keyBytes: [4, 20, 100, 1_800][upTo(4)]!,
    valueBytes: [0, 100, 600, 1_990, 3_000, 30_000][upTo(6)]!,
    keys: [10, 300, 20_000][upTo(3)]!,
    inOrder: fraction() < 0.4,
    settles: fraction() < 0.5,
    isUndone: fraction() < 0.1,
  };
}

test(`no transaction takes more pages from the end of the file than its bound, seed ${seed}`, async t => {
  const random = seededRandom(seed);
  const {raw, meta, treeNow} = openRaw(t);
  let closest = 0;
  let tookMost = 0;
  let reader: {done(): void} | undefined;
  for (let round = 0; round < 250 * runs; round++) {
    // While somebody reads an old state no page is free, and the list of those that will be grows.
    if (random.fraction() < 0.05) {
      reader?.done();
      reader = reader ? undefined : raw.useReadTransaction();
      raw.resetReadTxn();
    }
    const shape = shapeOf(random);
    // Long keys make deep trees of few children; big values many pages: less of each, or it takes too long.
    const writes = Math.min(shape.writes, Math.ceil(3e7 / (shape.valueBytes + shape.keyBytes + 1) / 4));
    const before = meta();
    const bound = pageBound(before.main, before.free);
    let bounded = 0;
    const work = () => {
      const from = Math.floor(random.fraction() * shape.keys);
      for (let at = 0; at < writes; at++) {
        const number = shape.inOrder ? (from + at) % shape.keys : Math.floor(random.fraction() * shape.keys);
        const key = Buffer.alloc(4 + Math.floor(shape.keyBytes * random.fraction()), number % 251);
        key.writeUInt32BE(number);
        if (random.fraction() < shape.removes) {
          bound.remove();
          raw.remove(key);
        } else {
          const value = Buffer.alloc(Math.floor(shape.valueBytes * random.fraction()));
          bound.put(overflowPages(key.length, value.length));
          raw.put(key, value);
        }
        if (shape.settles && at % 50 === 0) bound.settle(treeNow());
      }
      if (shape.settles) bound.settle(treeNow());
      bounded = bound.pages(nothing);
      if (shape.isUndone) throw new Error('undone');
    };
    await raw.childTransaction(work).catch((error: Error) => assert.equal(error.message, 'undone'));
    const took = meta().lastPage - before.lastPage;
    assert.ok(took <= bounded, `round ${round}: ${took} > ${bounded}, ${JSON.stringify({shape, before})}`);
    closest = Math.max(closest, took / bounded);
    tookMost = Math.max(tookMost, took);
  }
  reader?.done();
  t.diagnostic(`at most ${tookMost} pages; the closest came to ${Math.round(closest * 100)} % of its bound`);
});
