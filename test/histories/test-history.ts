import assert from 'node:assert/strict';
import type {TestContext} from 'node:test';
import {checkHistory} from './check-history.ts';
import type {Place} from './places.ts';
import {recordHistory} from './record-history.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 9;

/** Records a short history of these servers, and holds them to it. */
export async function testHistory(t: TestContext, store: string, place: Place, kills: 'with kills' | 'without kills') {
  const history = await recordHistory({
    seed,
    store,
    endpoints: place.endpoints,
    clients: 10,
    forMs: kills === 'with kills' ? 3_000 : 1_500,
    atLeast: 300,
    strike: kills === 'with kills' ? place.strike : undefined,
  });
  await place.end();
  const texts = checkHistory(history).map(({text}) => text);
  assert.deepEqual(texts, [], `STATOR_TEST_SEED=${seed}`);
  t.diagnostic(`${history.operations.length} operations, ${history.stream.records.length} records`);
}
