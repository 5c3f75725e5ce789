import type {AddressInfo} from 'node:net';
import * as net from 'node:net';
import {type Clock, systemClock} from '../base/clock.ts';
import {answerBytes} from './answer-bytes.ts';
import {createAnswerHeads} from './answer-head.ts';
import {type Handler, withContentCoding} from './content-coding.ts';
import {type Lane, LaneConnection} from './lane-connection.ts';
import {defaultLimits, type HttpLimits} from './limits.ts';
import {createNodeLane} from './node-lane.ts';
import {connectionsThatFit} from './open-files.ts';
import {overloadAnswer} from './plain-answers.ts';
import {refuseConnection} from './refuse-connection.ts';
import {takeTurns} from './take-turns.ts';
import {createTraffic} from './traffic.ts';

export interface ListenOptions {
  /** 0 picks a free one. */
  port: number;
  host: string;
  handler: Handler;
  limits?: Partial<HttpLimits>;
  clock?: Clock;
  /** Told of a handler that threw, which none should. */
  onFault?(error: unknown): void;
}

export interface FrontDoor {
  port: number;
  /** Takes no more requests, finishes those under way (within `closeMs`), then lets go of every connection. */
  close(): Promise<void>;
}

const sweepMs = 1_000;
/** Connections that are being told 503 at one time; those beyond are closed without a word. */
const refusedMax = 200;

/**
 * The front door: plain HTTP/1.1. Requests as SDKs send them go through the fast lane, all others through Node's `http`.
 * Rejects with Node's error (`EADDRINUSE`, `EACCES` …) when it cannot listen.
 */
export async function listen(options: ListenOptions): Promise<FrontDoor> {
  const clock = options.clock ?? systemClock;
  const limits = {...defaultLimits, ...options.limits};
  const heads = createAnswerHeads(clock);
  const handler = withContentCoding(takeTurns(options.handler, limits), limits.bodyBytesMax);
  const onFault = options.onFault ?? (() => {});
  const traffic = createTraffic(limits, () => lane.nowMs);
  const nodeLane = createNodeLane({handler, heads, limits, traffic, onFault});
  const handedOver = new Set<net.Socket>();
  const lane: Lane = {
    handler,
    heads,
    limits,
    traffic,
    connections: new Set(),
    nowMs: clock.now(),
    closing: false,
    handOver(socket) {
      handedOver.add(socket);
      socket.on('close', () => handedOver.delete(socket));
      nodeLane.take(socket);
    },
    onFault,
  };

  const server = net.createServer({allowHalfOpen: true, noDelay: true}, socket => {
    if (lane.connections.size + handedOver.size < connectionsMax) new LaneConnection(lane, socket);
    else refuseConnection(socket, answerBytes(overloadAnswer(), heads, 'close'), clock);
  });
  const connectionsMax = Math.min(limits.connectionsMax, connectionsThatFit());
  server.maxConnections = connectionsMax + refusedMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      // Running out of file descriptors, for one: the connections that are there go on.
      server.on('error', onFault);
      resolve();
    });
  });

  let cancelSweep = clock.after(sweepMs, sweep);
  function sweep(): void {
    lane.nowMs = clock.now();
    for (const connection of lane.connections) connection.sweep();
    cancelSweep = clock.after(sweepMs, sweep);
  }

  let closed: Promise<void> | undefined;
  function close(): Promise<void> {
    lane.closing = true;
    closed ??= new Promise<void>(resolve => {
      const cancelCut = clock.after(limits.closeMs, () => {
        for (const connection of lane.connections) connection.destroy();
        nodeLane.close();
        for (const socket of handedOver) socket.destroy();
      });
      server.close(() => {
        cancelCut();
        cancelSweep();
        nodeLane.close();
        resolve();
      });
      for (const connection of lane.connections) connection.close();
      nodeLane.closeGently();
    });
    return closed;
  }

  return {port: (server.address() as AddressInfo).port, close};
}
