import assert from 'node:assert/strict';
import {LaneRequest} from '../../../src/http/lane-request.ts';
import {defaultLimits} from '../../../src/http/limits.ts';
import {parseHead} from '../../../src/http/parse-head.ts';
import {cutsOf, requestText} from './http-texts.ts';
import {simpleRequest} from './lane-shape.ts';
import type {ParserFuzz} from './parser-fuzz.ts';

interface HeadInput {
  text: string;
  before: string;
  cuts: number[];
}

const limits = {...defaultLimits, headBytesMax: 2_000, bodyBytesMax: 3_000};
const parse = (bytes: Buffer, start: number) => parseHead(bytes, start, limits.headBytesMax, limits.bodyBytesMax);

/** A head is read like its lines are, whatever stands before it; a part of it is never understood as something else. */
export const httpHead: ParserFuzz<HeadInput> = {
  name: 'http-head',
  generate(chance) {
    const text = requestText(chance);
    return {text, before: chance.pick(['', '', 'POST / HTTP/1.1\r\n', '\r\n']), cuts: cutsOf(chance, text.length)};
  },
  check({text, before, cuts}) {
    const bytes = Buffer.from(before + text, 'latin1');
    const start = before.length;
    const head = parse(bytes, start);
    const simple = simpleRequest(text, limits);
    for (const cut of cuts) {
      const part = parse(bytes.subarray(0, start + cut), start);
      if (part === 'incomplete') assert(typeof head === 'string' || cut < head.headBytes, 'all of a head was there');
      else if (part === 'doubt') assert.equal(head, 'doubt', 'more bytes remove no doubt');
      else assert(typeof head === 'object' && part.headBytes === head.headBytes && part.headBytes <= cut);
    }
    if (typeof head === 'string') {
      assert(typeof simple === 'string', 'a plain request is served');
      return head;
    }
    assert(simple !== 'doubt', 'only a plain request is served');
    assert(head.headBytes <= text.length && head.bodyBytes <= limits.bodyBytesMax);
    if (simple === 'open') return undefined;
    assert.equal(head.url, simple.url);
    assert.equal(head.headBytes + head.bodyBytes, simple.bytes);
    const request = new LaneRequest(head, bytes);
    for (const [name] of simple.headers) {
      const values: string[] = simple.headers.filter(([other]) => other === name).map(([, value]) => value);
      assert.equal(request.header(name), values.join(', '));
    }
    return undefined;
  },
};
