/**
 * The head of a request in the one shape that the fast lane serves. `text` is the head as latin1; `fields` holds four
 * numbers for each header: where its name starts and ends and where its trimmed value starts and ends in `text`.
 */
export interface Head {
  text: string;
  fields: number[];
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

/** The first place at or after `start` whose byte is not of this kind. */
function spanEnd(text: string, start: number, kind: number): number {
  let at = start;
  while (at < text.length && kinds[text.charCodeAt(at)]! & kind) at++;
  return at;
}

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
  const text = bytes.toString('latin1', start, Math.min(bytes.length, start + headBytesMax));
  const {length} = text;
  // Running off the end is no verdict unless the head has used up all it may have.
  const atEnd = length < headBytesMax ? 'incomplete' : 'doubt';
  if (!text.startsWith('POST /')) return 'POST /'.startsWith(text) ? atEnd : 'doubt';

  // A query or nothing, and no fragment.
  if (length > 6 && text[6] !== ' ' && text[6] !== '?') return 'doubt';
  let at = spanEnd(text, 6, isTarget);
  const url = at === 6 ? '/' : text.slice(5, at);
  if (!text.startsWith(versionLine, at)) return versionLine.startsWith(text.slice(at)) ? atEnd : 'doubt';
  at += versionLine.length;

  const fields: number[] = [];
  let bodyBytes = -1;
  let hosts = 0;
  for (;;) {
    const nameStart = at;
    const nameEnd = spanEnd(text, nameStart, isToken);
    if (nameEnd === length) return atEnd;
    if (nameEnd === nameStart) {
      if (text.charCodeAt(at) !== 13) return 'doubt';
      if (at + 1 === length) return atEnd;
      if (text.charCodeAt(at + 1) !== 10 || bodyBytes < 0 || hosts !== 1) return 'doubt';
      return {text, fields, url, headBytes: at + 2, bodyBytes};
    }
    if (text.charCodeAt(nameEnd) !== 0x3a) return 'doubt';
    const valueStart = spanEnd(text, nameEnd + 1, isBlank);
    const lineEnd = spanEnd(text, valueStart, isText);
    if (lineEnd === length) return atEnd;
    if (text.charCodeAt(lineEnd) !== 13) return 'doubt';
    if (lineEnd + 1 === length) return atEnd;
    if (text.charCodeAt(lineEnd + 1) !== 10) return 'doubt';
    at = lineEnd + 2;
    let valueEnd = lineEnd;
    while (valueEnd > valueStart && kinds[text.charCodeAt(valueEnd - 1)]! & isBlank) valueEnd--;
    fields.push(nameStart, nameEnd, valueStart, valueEnd);

    switch (nameEnd - nameStart) {
      case 4:
        if (isName(text, nameStart, 'host')) hosts++;
        break;
      case 6:
        if (isName(text, nameStart, 'expect')) return 'doubt';
        break;
      case 7:
        if (isName(text, nameStart, 'upgrade') || isName(text, nameStart, 'trailer')) return 'doubt';
        break;
      case 10:
        if (isName(text, nameStart, 'connection') && !isValue(text, valueStart, valueEnd, 'keep-alive')) return 'doubt';
        break;
      case 14:
        if (isName(text, nameStart, 'content-length')) {
          if (bodyBytes >= 0) return 'doubt';
          bodyBytes = parseLength(text, valueStart, valueEnd);
          if (bodyBytes < 0 || bodyBytes > bodyBytesMax) return 'doubt';
        }
        break;
      case 16:
        if (isName(text, nameStart, 'proxy-connection')) return 'doubt';
        break;
      case 17:
        if (isName(text, nameStart, 'transfer-encoding')) return 'doubt';
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
