import type {WireAnswer, WireBody} from '../api/wire.ts';
import type {AnswerHeads} from './answer-head.ts';
import {crc32} from './crc32.ts';
import {latin1Slice} from './latin1-slice.ts';

/** Above this, handling a body as text costs more than copying it. */
const textBytesMax = 8 * 1024;

/** A string holds one byte in each character (latin1). */
export type AnswerBytes = Buffer | string;

/**
 * Head and body in one piece, as they go to the socket. Plain ASCII stays a string, which the socket encodes without a
 * buffer of ours; anything else is copied once, to its place behind the head.
 */
export function answerBytes(answer: WireAnswer, heads: AnswerHeads, connection: 'keep-alive' | 'close'): AnswerBytes {
  const {body} = answer;
  const bodyBytes = bodyByteLength(body);
  const text = bodyBytes <= textBytesMax ? asciiText(body, bodyBytes) : undefined;
  if (text !== undefined) {
    return `${heads.untilCrc(answer, bodyBytes, connection)}${crc32(text)}\r\n\r\n${text}`;
  }
  const head = heads.untilCrc(answer, bodyBytes, connection);
  // The CRC's digits (ten at most) are known only when the body is in place, so the head is written against its left side.
  const bodyStart = head.length + 14;
  const bytes = Buffer.allocUnsafe(bodyStart + bodyBytes);
  writeBody(body, bytes, bodyStart);
  const tail = `${crc32(bytes.subarray(bodyStart))}\r\n\r\n`;
  const headStart = 14 - tail.length;
  bytes.write(head + tail, headStart, 'latin1');
  return headStart === 0 ? bytes : bytes.subarray(headStart);
}

/** The body as a string when it is ASCII throughout, as most are. */
function asciiText(body: WireBody, bodyBytes: number): string | undefined {
  let text = '';
  for (const part of body) text += typeof part === 'string' ? part : latin1Slice(part, 0, part.length);
  // A character beyond ASCII takes two bytes or more, or came out of stored bytes that are not ASCII.
  return text.length === bodyBytes && Buffer.byteLength(text) === bodyBytes ? text : undefined;
}

export function joinBody(body: WireBody): Buffer {
  const only = body.length === 1 ? body[0] : undefined;
  if (only instanceof Buffer) return only;
  const bytes = Buffer.allocUnsafe(bodyByteLength(body));
  writeBody(body, bytes, 0);
  return bytes;
}

function bodyByteLength(body: WireBody): number {
  let sum = 0;
  for (const part of body) sum += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  return sum;
}

function writeBody(body: WireBody, target: Buffer, start: number): void {
  let at = start;
  for (const part of body) {
    if (typeof part === 'string') {
      at += target.write(part, at);
    } else {
      target.set(part, at);
      at += part.length;
    }
  }
}
