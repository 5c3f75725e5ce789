import type {HttpLimits} from '../../../src/http/limits.ts';

export interface SimpleRequest {
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  /** Of the whole request. */
  bytes: number;
}

const requestLine = /^POST (\/(?:\?[!-"$-~]*)?) HTTP\/1\.1$/;
const headerLine =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(?:([!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)[ \t]*)?$/;
const tabBehindLength = /^content-length:[ \t]*\d*[ \t]*\t[ \t]*$/i;
const framing = /^(?:expect|upgrade|trailer|proxy-connection|transfer-encoding)$/;

/**
 * What the fast lane may serve, said a second time as patterns over lines: the request at the start of `text`, 'doubt' if it
 * is none, 'open' while its head or body is not all there.
 */
export function simpleRequest(text: string, limits: HttpLimits): SimpleRequest | 'doubt' | 'open' {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return 'open';
  if (headEnd + 4 > limits.headBytesMax) return 'doubt';
  const [first, ...lines] = text.slice(0, headEnd).split('\r\n');
  const url = requestLine.exec(first!)?.[1];
  if (url === undefined) return 'doubt';
  const headers: [string, string][] = [];
  for (const line of lines) {
    const [, name, value = ''] = headerLine.exec(line) ?? [];
    if (name === undefined || tabBehindLength.test(line)) return 'doubt';
    headers.push([name.toLowerCase(), value]);
  }
  const all = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const lengths = all('content-length');
  if (headers.some(([name]) => framing.test(name))) return 'doubt';
  if (all('connection').some(value => value.toLowerCase() !== 'keep-alive')) return 'doubt';
  if (all('host').length !== 1 || lengths.length !== 1 || !/^\d{1,8}$/.test(lengths[0]!)) return 'doubt';
  const length = Number(lengths[0]);
  if (length > limits.bodyBytesMax) return 'doubt';
  const bodyStart = headEnd + 4;
  if (text.length < bodyStart + length) return 'open';
  return {url, headers, body: text.slice(bodyStart, bodyStart + length), bytes: bodyStart + length};
}
