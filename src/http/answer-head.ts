import {STATUS_CODES} from 'node:http';
import type {WireAnswer} from '../api/wire.ts';
import type {Clock} from '../base/clock.ts';

/**
 * Headers as DynamoDB sends them, in its order: Server, Date, Content-Type, Content-Length, Connection, x-amzn-RequestId,
 * x-amz-crc32. (Source: printed `ResponseMetadata` of boto3 in many public repositories, 2018 to 2025.)
 */
export interface AnswerHeads {
  /** All of the head up to the digits of the CRC, which the caller writes, followed by an empty line. */
  untilCrc(answer: WireAnswer, bodyBytes: number, connection: 'keep-alive' | 'close'): string;
  /** The value of `Date`. */
  date(): string;
}

export function createAnswerHeads(clock: Clock): AnswerHeads {
  let second = -1;
  let dateText = '';
  let lastStatus = -1;
  let lastContentType = '';
  let lastOpening = '';

  function refresh(): void {
    const now = Math.floor(clock.now() / 1000);
    if (now === second) return;
    second = now;
    dateText = new Date(now * 1000).toUTCString();
    lastStatus = -1;
  }

  function opening(status: number, contentType: string): string {
    if (status === lastStatus && contentType === lastContentType) return lastOpening;
    const typeLine = contentType === '' ? '' : `Content-Type: ${contentType}\r\n`;
    lastOpening =
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nServer: Server\r\nDate: ${dateText}\r\n${typeLine}` +
      'Content-Length: ';
    lastStatus = status;
    lastContentType = contentType;
    return lastOpening;
  }

  return {
    date() {
      refresh();
      return dateText;
    },
    untilCrc(answer, bodyBytes, connection) {
      refresh();
      let head = `${opening(answer.status, answer.contentType)}${bodyBytes}\r\nConnection: ${connection}\r\n`;
      if (answer.headers) for (const name in answer.headers) head += `${name}: ${answer.headers[name]}\r\n`;
      return `${head}x-amzn-RequestId: ${answer.requestId}\r\nx-amz-crc32: `;
    },
  };
}
