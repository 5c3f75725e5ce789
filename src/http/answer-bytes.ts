import type {WireAnswer, WireBody} from '../api/wire.ts';
import type {AnswerHeads} from './answer-head.ts';
import {crc32} from './crc32.ts';

/** Head and body in one piece, as they go to the socket. Stored bytes are copied once, to their place behind the head. */
export function answerBytes(answer: WireAnswer, heads: AnswerHeads, connection: 'keep-alive' | 'close'): Buffer {
  const bodyBytes = bodyByteLength(answer.body);
  const head = heads.untilCrc(answer, bodyBytes, connection);
  // The CRC's digits (ten at most) are known only when the body is in place, so the head is written against its left side.
  const bodyStart = head.length + 14;
  const bytes = Buffer.allocUnsafe(bodyStart + bodyBytes);
  writeBody(answer.body, bytes, bodyStart);
  const tail = `${crc32(bytes.subarray(bodyStart))}\r\n\r\n`;
  const start = 14 - tail.length;
  bytes.write(head, start, 'latin1');
  bytes.write(tail, bodyStart - tail.length, 'latin1');
  return start === 0 ? bytes : bytes.subarray(start);
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
