import {type Connection, openConnection} from './connection.ts';
import {fillBatch, fillBatches} from './dataset.ts';
import {wireRequest} from './wire-request.ts';

const concurrency = 8;
/** `{"UnprocessedItems":{}}` and not much more: a longer answer names items that were not written. */
const answerBytesMax = 64;

/**
 * Writes the data set with BatchWriteItem requests of 25. Calls `onProgress` with the share that is done, about once a
 * second. Rejects when a batch fails or `secondsMax` is over.
 */
export async function fillTable(
  port: number,
  items: number,
  secondsMax: number,
  onProgress: (share: number) => void,
): Promise<void> {
  const total = fillBatches(items);
  const connections: Connection[] = [];
  const startedAt = performance.now();
  let sent = 0;
  let done = 0;
  let reportedAt = startedAt;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (problem: string) => reject(new Error(`loading failed at item ${done * 25}: ${problem}`));
      const step = (connection: Connection) => {
        const now = performance.now();
        if (now - startedAt > secondsMax * 1000) return fail(`slower than ${secondsMax} s`);
        if (now - reportedAt > 1000) {
          reportedAt = now;
          onProgress(done / total);
        }
        if (done === total) resolve();
        else if (sent < total) connection.send(wireRequest('BatchWriteItem', fillBatch(items, sent++)));
      };
      for (let i = 0; i < concurrency; i++) {
        let connection: Connection;
        openConnection(port, {
          keepBody: false,
          onResponse: ({status, bodyBytes}) => {
            if (status !== 200 || bodyBytes > answerBytesMax) return fail(`status ${status}, ${bodyBytes} bytes`);
            done++;
            step(connection);
          },
          onLost: () => fail('connection lost'),
        }).then(opened => {
          connection = opened;
          connections.push(opened);
          step(opened);
        }, reject);
      }
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}
