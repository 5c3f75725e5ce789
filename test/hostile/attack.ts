import assert from 'node:assert/strict';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import type {TestContext} from 'node:test';
import {type Call, connectTo, must, requestHeaders} from '../harness/call.ts';
import {type ServingProcess, sleep} from '../harness/server-process.ts';

/** How much larger an attack is than in `npm test`: `STATOR_ATTACK=10 npm test -- test/hostile`. */
export const scale = Number(process.env.STATOR_ATTACK) || 1;

/** A client that keeps asking while others attack. Latencies are milliseconds. */
export interface Bystander {
  /** Ends it; none of its requests may have failed, and 99 of 100 were answered in time. */
  mustHaveBeenServed(p99MsMax?: number): Promise<void>;
}

/** Generous: what is measured is whether others are served, not how fast this machine is. */
const servedMsMax = 5_000;

/** Makes the table `bystander`, then writes to and reads from it until told to stop. */
export async function startBystander(t: TestContext, endpoint: string): Promise<Bystander> {
  const client = connectTo(endpoint);
  t.after(() => client.close());
  await must(client.call, 'CreateTable', {
    TableName: 'bystander',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'pk', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}],
  });
  const latencies: number[] = [];
  let stopping = false;
  const run = (async () => {
    for (let count = 0; !stopping; count++) {
      const startMs = performance.now();
      const key = {pk: {S: `${count % 50}`}};
      await must(client.call, 'PutItem', {TableName: 'bystander', Item: {...key, n: {N: `${count}`}}});
      const {Item} = await must(client.call, 'GetItem', {TableName: 'bystander', Key: key, ConsistentRead: true});
      assert.equal(Item.n.N, `${count}`);
      latencies.push((performance.now() - startMs) / 2);
      await sleep(5);
    }
  })();
  // Waited for at the end; a failure in between must not end the process.
  run.catch(() => {});
  return {
    async mustHaveBeenServed(p99MsMax = servedMsMax) {
      stopping = true;
      await run;
      latencies.sort((a, b) => a - b);
      const p99 = latencies[Math.floor(latencies.length * 0.99)]!;
      const longest = latencies.at(-1)!.toFixed();
      t.diagnostic(`bystander: ${latencies.length} rounds, p99 ${p99.toFixed()} ms, longest ${longest} ms`);
      assert.ok(p99 < p99MsMax, `p99 ${p99} ms`);
    },
  };
}

export function callOf(t: TestContext, endpoint: string): Call {
  const client = connectTo(endpoint);
  t.after(() => client.close());
  return client.call;
}

/** Resident memory of the server, in megabytes. */
export function residentMegabytes({pid}: ServingProcess): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!;
  return Number(kilobytes) / 1024;
}

/** The most that the server had resident at one time since its start. */
export function mostResidentMegabytes({pid}: ServingProcess): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!;
  return Number(kilobytes) / 1024;
}

export function handlesOf({pid}: ServingProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** After an attack every handle is given back. */
export async function mustGiveBackHandles(server: ServingProcess, before: number): Promise<void> {
  // The bystander and whoever looks at the server have a few of their own.
  await eventually(() => handlesOf(server) <= before + 10, `${handlesOf(server)} handles, ${before} before`, 60_000);
}

export async function eventually(holds: () => boolean, what: string, msMax = 20_000): Promise<void> {
  const untilMs = performance.now() + msMax;
  while (!holds()) {
    assert.ok(performance.now() < untilMs, `never: ${what}`);
    await sleep(50);
  }
}

export const portOf = (endpoint: string) => Number(new URL(endpoint).port);

/** A connection whose errors and half-closes are its own business. */
export async function dial(t: TestContext, endpoint: string): Promise<Socket> {
  const socket = connect({port: portOf(endpoint), host: '127.0.0.1', allowHalfOpen: true});
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

export async function dialMany(t: TestContext, endpoint: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  // As many at a time as the listening socket keeps in line.
  while (sockets.length < count) {
    const batch = Math.min(200, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({length: batch}, () => dial(t, endpoint)))));
  }
  return sockets;
}

/** A whole request in the form that the fast lane takes, or with `lines` that only Node's parser takes. */
export function requestBytes(operation: string, body: string | Buffer, ...lines: string[]): Buffer {
  const headers = Object.entries(requestHeaders(operation)).map(([name, value]) => `${name}: ${value}`);
  const head = ['POST / HTTP/1.1', 'Host: x', ...headers, `Content-Length: ${Buffer.byteLength(body)}`, ...lines];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}
