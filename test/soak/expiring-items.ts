import type {Random} from '../../src/base/random.ts';
import {sleep} from '../harness/server-process.ts';
import type {Caller} from './ask.ts';
import {expiringTable} from './soak-tables.ts';
import type {Stats} from './stats.ts';

const TableName = expiringTable;
const goneMsMax = 20_000;

/** Puts items that expire, and looks how long after their time they go: not before, and soon after. */
export function expiringItems(putter: Caller, looker: Caller, stats: Stats, random: Random, lifeSecondsMax: number) {
  /** When the items expire that were acknowledged, in milliseconds. */
  const acknowledged = new Map<string, number>();

  async function put(): Promise<void> {
    const id = random.uuid();
    const e = Math.floor(Date.now() / 1000) + 3 + Math.floor(random.fraction() * lifeSecondsMax);
    const Item = {p: {S: id}, g: {S: id.slice(0, 1)}, e: {N: String(e)}, x: {S: 'x'.repeat(200)}};
    const {kind} = await putter.ask('PutItem', {TableName, Item});
    if (kind === 'done') acknowledged.set(id, e * 1000);
  }

  async function look(): Promise<void> {
    const startMs = Date.now();
    const known = new Set(acknowledged.keys());
    const found = new Map<string, number>();
    let ExclusiveStartKey: object | undefined;
    do {
      const outcome = await looker.ask('Scan', {
        TableName,
        ConsistentRead: true,
        ProjectionExpression: 'p, e',
        ExclusiveStartKey,
      });
      if (outcome.kind !== 'done') return;
      for (const {p, e} of outcome.body.Items) found.set(p.S, Number(e.N) * 1000);
      ExclusiveStartKey = outcome.body.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    const endMs = Date.now();
    for (const id of known) {
      if (found.has(id)) continue;
      // By the second, as times of expiry are.
      if (acknowledged.get(id)! > endMs) stats.problem(`item ${id} of ${TableName} is gone before it expires`);
      acknowledged.delete(id);
    }
    const oldest = [...found.values()].reduce((least, one) => Math.min(least, one), startMs);
    stats.measured.expiring = found.size;
    stats.measured.expiryLateMs = Math.max(stats.measured.expiryLateMs ?? 0, startMs - oldest);
  }
  /** With nothing put meanwhile: waits until the last one has expired and is gone. */
  async function untilGone(): Promise<void> {
    const endMs = Date.now() + lifeSecondsMax * 1000 + goneMsMax;
    do {
      await sleep(200);
      await look();
    } while ((stats.measured.expiring ?? 1) > 0 && Date.now() < endMs);
    if (stats.measured.expiring !== 0) stats.problem(`${stats.measured.expiring} items of ${TableName} did not go`);
  }
  return {put, look, untilGone};
}
