import {isUtf8} from 'node:buffer';
import {scanJson} from './scan-json.ts';
import {ServiceError} from './service-error.ts';
import {withWholeCharacters} from './whole-characters.ts';

/** Far above every answer that AWS was seen to give for a nested value (100 maps, which are 200 levels of JSON). */
export const jsonDepthMax = 1000;

// A body that is all brackets parses into one small object per byte. Below this size that is harmless, and `checkInput`
// bounds the depth of what it walks.
export const scannedSizeMin = 256 * 1024;

/** What AWS answers when the body is not JSON at all: the type, and no message. */
function notJson(): ServiceError {
  return new ServiceError('SerializationException', '');
}

/** The JSON object in a request's body. Throws SerializationException when it is anything else. */
export function parseBody(body: Buffer): object {
  if (body.length === 0 || !isUtf8(body)) throw notJson();
  const whole = body.toString('utf8');
  const text = whole.length >= scannedSizeMin ? scanJson(whole, jsonDepthMax) : whole;
  if (text === undefined) throw notJson();
  return parseText(text);
}

/** The JSON object in a text. Throws SerializationException when it is anything else. */
export function parseText(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(withWholeCharacters(text));
  } catch {
    throw notJson();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson();
  return value;
}
