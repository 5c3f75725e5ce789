import assert from 'node:assert/strict';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {test} from 'node:test';
import {exchange} from './connection.ts';
import {pageItems} from './dataset.ts';
import {fillTable} from './fill.ts';
import {runLoad} from './load.ts';
import {scenarioRequests, scenarios} from './scenarios.ts';
import {targetOf, wireRequest} from './wire-request.ts';

/** A server that answers each parsed request body with what `answer` says. */
async function withServer(
  answer: (body: string, target: string) => {status: number; body: string},
  use: (port: number) => Promise<void>,
): Promise<void> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const {status, body} = answer(Buffer.concat(chunks).toString(), String(request.headers['x-amz-target']));
      response.writeHead(status);
      response.end(body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const plan = {concurrency: 4, seconds: 0.2, requests: [wireRequest('GetItem', {a: 1}), wireRequest('GetItem', {a: 2})]};

test('every request is sent in turn, answered and counted', async () => {
  const seen = new Map<string, number>();
  const count = (body: string) => {
    seen.set(body, (seen.get(body) ?? 0) + 1);
    return {status: 200, body: '{"ok":true}'};
  };
  await withServer(count, async port => {
    const result = await runLoad({...plan, port, bodyBytesMin: 11});
    const [ones, twos] = [seen.get('{"a":1}')!, seen.get('{"a":2}')!];
    assert.equal(seen.size, 2);
    assert.ok(Math.abs(ones - twos) <= 1);
    assert.ok(result.requests > 20);
    assert.equal(result.requests, ones + twos);
    assert.equal(result.errors, 0);
    assert.ok(result.p50Us > 0 && result.p50Us <= result.p99Us);
    assert.ok(result.generatorCpu > 0);
  });
});

test('refusals and answers without the data count as errors', async () => {
  await withServer(
    body => (body.includes('1') ? {status: 500, body: '{"ok":true}'} : {status: 200, body: '{}'}),
    async port => {
      const result = await runLoad({...plan, port, bodyBytesMin: 11});
      assert.ok(result.requests > 0);
      assert.equal(result.errors, result.requests);
    },
  );
});

test('slow answers that are under way at the end are awaited, and their time counts', async () => {
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{}'), 150);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const result = await runLoad({...plan, port, bodyBytesMin: 2});
  server.closeAllConnections();
  server.close();
  assert.equal(result.requests, 8); // two for each connection: the second begins before 0.2 s and ends after
  assert.ok(result.seconds > 0.29 && result.seconds < 2);
});

test('a server that does not answer is an error, not a hang', async () => {
  await assert.rejects(exchange(1, wireRequest('GetItem', {})));
});

test('filling a table writes every item once', async () => {
  const keys = new Set<string>();
  let puts = 0;
  const write = (body: string) => {
    for (const {PutRequest} of JSON.parse(body).RequestItems.bench) {
      keys.add(`${PutRequest.Item.pk.S} ${PutRequest.Item.sk.S}`);
      puts++;
    }
    return {status: 200, body: '{"UnprocessedItems":{}}'};
  };
  await withServer(write, async port => {
    await fillTable(port, 1010, 60, () => {});
    assert.equal(puts, 1010 + pageItems);
    assert.equal(keys.size, puts);
  });
  await withServer(
    () => ({status: 400, body: '{}'}),
    port =>
      assert.rejects(
        fillTable(port, 1000, 60, () => {}),
        /status 400/,
      ),
  );
});

test('every scenario sends well-formed requests within the limits of its operation', async () => {
  for (const scenario of scenarios) {
    await withServer(
      (body, target) => {
        assert.equal(target, targetOf(scenario.operation));
        const parsed = JSON.parse(body);
        const batch = parsed.RequestItems?.bench;
        if (batch?.Keys) assert.equal(new Set(batch.Keys.map((key: object) => JSON.stringify(key))).size, 100);
        else if (batch) assert.equal(batch.length, 25);
        return {status: 200, body: '{}'};
      },
      async port => {
        for (const request of scenarioRequests(scenario, 1000, 'prepared', 3)) {
          assert.equal((await exchange(port, request)).status, 200);
        }
      },
    );
    assert.ok(scenario.problem({}) !== undefined || /Put|BatchWrite|TransactWrite/.test(scenario.name));
  }
});
