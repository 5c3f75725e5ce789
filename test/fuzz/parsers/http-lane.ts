import assert from 'node:assert/strict';
import type {Socket} from 'node:net';
import type {WireRequest} from '../../../src/api/wire.ts';
import {ManualClock} from '../../../src/base/clock.ts';
import {createAnswerHeads} from '../../../src/http/answer-head.ts';
import {type Lane, LaneConnection} from '../../../src/http/lane-connection.ts';
import {defaultLimits} from '../../../src/http/limits.ts';
import {createTraffic} from '../../../src/http/traffic.ts';
import {cutsOf, requestText} from './http-texts.ts';
import {simpleRequest} from './lane-shape.ts';
import {MemorySocket} from './memory-socket.ts';
import type {ParserFuzz} from './parser-fuzz.ts';

interface StreamInput {
  text: string;
  cuts: number[];
}

const limits = {...defaultLimits, headBytesMax: 2_000, bodyBytesMax: 3_000};
const heads = createAnswerHeads(new ManualClock());

/**
 * A stream in pieces, through a connection of the fast lane: each plain request is served once, with its own body, until
 * the first that is not; and that one is handed over with every byte behind it.
 */
export const httpLane: ParserFuzz<StreamInput> = {
  name: 'http-lane',
  generate(chance) {
    const text = chance.many(1, 3, () => requestText(chance)).join('');
    return {text, cuts: cutsOf(chance, text.length)};
  },
  check({text, cuts}) {
    const served: WireRequest[] = [];
    let left = false;
    const lane: Lane = {
      handler: request => {
        served.push(request);
        return {status: 200, contentType: 'text/plain', requestId: 'r', body: ['']};
      },
      heads,
      limits,
      traffic: createTraffic(limits, () => 0),
      connections: new Set(),
      nowMs: 0,
      closing: false,
      handOver: () => {
        left = true;
      },
      onFault: error => {
        throw error;
      },
    };
    const socket = new MemorySocket();
    new LaneConnection(lane, socket as unknown as Socket);
    const bytes = Buffer.from(text, 'latin1');
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      socket.receive(bytes.subarray(from, cut));
      from = cut;
    }

    let at = 0;
    for (const request of served) {
      const simple = simpleRequest(text.slice(at), limits);
      assert(typeof simple === 'object', 'only plain requests are served');
      assert.equal(request.url, simple.url);
      assert.equal(request.body.toString('latin1'), simple.body);
      at += simple.bytes;
    }
    const next = simpleRequest(text.slice(at), limits);
    assert.equal(typeof next, 'string', 'every plain request is served');
    if (next === 'doubt') assert(left, 'what is not plain is handed over');
    if (left) assert.equal(Buffer.concat(socket.waiting).toString('latin1'), text.slice(at), 'with all its bytes');
    return left ? 'handed over' : undefined;
  },
};
