import {checkLinearizable} from './check-linearizable.ts';
import {checkReads} from './check-reads.ts';
import {checkSerializable} from './check-serializable.ts';
import {checkStream} from './check-stream.ts';
import type {History, Problem} from './history.ts';
import {versionOrders} from './version-order.ts';

/** All that is wrong with a history; nothing, if a correct server may have answered so. */
export function checkHistory(history: History): Problem[] {
  const orders = versionOrders(history);
  return [
    ...checkReads(history),
    ...checkStream(history, orders),
    ...checkSerializable(history, orders),
    ...checkLinearizable(history),
  ];
}
