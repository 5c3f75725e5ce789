import {latin1Slice} from './latin1-slice.ts';

/**
 * The head of a request in the one shape that the fast lane serves. `text` starts with the head as latin1; `fields` holds
 * four numbers for each header: where its name starts and ends and where its trimmed value starts and ends in `text`.
 */
export interface Head {
  text: string;
  fields: readonly number[];
  url: string;
  /** Of the whole head, the empty line included. */
  headBytes: number;
  bodyBytes: number;
}

const isToken = 1;
const isText = 2;
const isBlank = 4;
const isTarget = 8;
/** RFC 9110: which bytes a header's name (token) and value (field-vchar, space, tab) may hold, and those of a target. */
const kinds = new Uint8Array(256);
for (let byte = 0x20; byte < 256; byte++) if (byte !== 0x7f) kinds[byte]! |= isText;
for (let byte = 0x21; byte < 0x7f; byte++) if (byte !== 0x23) kinds[byte]! |= isTarget;
kinds[0x20]! |= isBlank;
kinds[0x09]! |= isBlank | isText;
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  kinds[char.charCodeAt(0)]! |= isToken;
}

/** The first place from `start` to `end` whose byte is not of this kind, or `end`. */
function spanEnd(bytes: Buffer, start: number, end: number, kind: number): number {
  let at = start;
  while (at < end && kinds[bytes[at]!]! & kind) at++;
  return at;
}

/** Where `fields` are gathered: growing an array anew for every request would cost more than reading the head. */
const gathered: number[] = [];

const versionLine = ' HTTP/1.1\r\n';

/**
 * Parses strictly: `POST /` (with or without a query), HTTP/1.1, one Host, one Content-Length, nothing that changes the
 * framing or the connection. 'incomplete' while it may still become that; 'doubt' as soon as it is anything else, which
 * leaves the verdict to Node's parser. Only what llhttp would read in the same way may pass here.
 */
export function parseHead(
  bytes: Buffer,
  start: number,
  headBytesMax: number,
  bodyBytesMax: number,
): Head | 'incomplete' | 'doubt' {
  const limit = Math.min(bytes.length, start + headBytesMax);
  const text = latin1Slice(bytes, start, limit);
  // Running off the end is no verdict unless the head has used up all it may have.
  const atEnd = text.length < headBytesMax ? 'incomplete' : 'doubt';
  if (!text.startsWith('POST /')) return 'POST /'.startsWith(text) ? atEnd : 'doubt';

  // A query or nothing, and no fragment.
  if (text.length > 6 && text[6] !== ' ' && text[6] !== '?') return 'doubt';
  let at = spanEnd(bytes, start + 6, limit, isTarget);
  const url = at === start + 6 ? '/' : text.slice(5, at - start);
  if (!text.startsWith(versionLine, at - start)) {
    return versionLine.startsWith(text.slice(at - start)) ? atEnd : 'doubt';
  }
  at += versionLine.length;

  let count = 0;
  let bodyBytes = -1;
  let hosts = 0;
  for (;;) {
    const nameEnd = spanEnd(bytes, at, limit, isToken);
    if (nameEnd === limit) return atEnd;
    if (nameEnd === at) {
      if (bytes[at] !== 13) return 'doubt';
      if (at + 1 === limit) return atEnd;
      if (bytes[at + 1] !== 10 || bodyBytes < 0 || hosts !== 1) return 'doubt';
      return {text, fields: gathered.slice(0, count), url, headBytes: at + 2 - start, bodyBytes};
    }
    if (bytes[nameEnd] !== 0x3a) return 'doubt';
    const valueStart = spanEnd(bytes, nameEnd + 1, limit, isBlank);
    const lineEnd = spanEnd(bytes, valueStart, limit, isText);
    if (lineEnd === limit) return atEnd;
    if (bytes[lineEnd] !== 13) return 'doubt';
    if (lineEnd + 1 === limit) return atEnd;
    if (bytes[lineEnd + 1] !== 10) return 'doubt';
    let valueEnd = lineEnd;
    while (valueEnd > valueStart && kinds[bytes[valueEnd - 1]!]! & isBlank) valueEnd--;
    const name = at - start;
    const value = valueStart - start;
    gathered[count] = name;
    gathered[count + 1] = nameEnd - start;
    gathered[count + 2] = value;
    gathered[count + 3] = valueEnd - start;
    count += 4;
    at = lineEnd + 2;

    switch (nameEnd - start - name) {
      case 4:
        if (isName(text, name, 'host')) hosts++;
        break;
      case 6:
        if (isName(text, name, 'expect')) return 'doubt';
        break;
      case 7:
        if (isName(text, name, 'upgrade') || isName(text, name, 'trailer')) return 'doubt';
        break;
      case 10:
        if (isName(text, name, 'connection') && !isValue(text, value, valueEnd - start, 'keep-alive')) return 'doubt';
        break;
      case 14:
        if (isName(text, name, 'content-length')) {
          if (bodyBytes >= 0) return 'doubt';
          // Behind the number Node 20 takes spaces, but no tabs; Node 22 takes both.
          if (bytes.subarray(start + gathered[count - 1]!, lineEnd).includes(0x09)) return 'doubt';
          bodyBytes = parseLength(text, value, valueEnd - start);
          if (bodyBytes < 0 || bodyBytes > bodyBytesMax) return 'doubt';
        }
        break;
      case 16:
        if (isName(text, name, 'proxy-connection')) return 'doubt';
        break;
      case 17:
        if (isName(text, name, 'transfer-encoding')) return 'doubt';
        break;
    }
  }
}

/** Whether `text` holds `name` (lower case, of the same length as the header's name) at `start`, in any case. */
export function isName(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = text.charCodeAt(start + index);
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== name.charCodeAt(index)) return false;
  }
  return true;
}

function isValue(text: string, start: number, end: number, value: string): boolean {
  return end - start === value.length && isName(text, start, value);
}

/** Digits only, eight at most (so that it is a small integer): −1 for anything else. */
function parseLength(text: string, start: number, end: number): number {
  if (start === end || end - start > 8) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
