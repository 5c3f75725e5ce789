import {isUtf8} from 'node:buffer';
import {ServiceError} from './service-error.ts';

/** Far above every answer that AWS was seen to give for a nested value (100 maps, which are 200 levels of JSON). */
export const jsonDepthMax = 1000;

// A body that is all brackets parses into one small object per byte. Below this size that is harmless, and `checkInput`
// bounds the depth of what it walks; above it the scan costs far less than the parse.
const scannedSizeMin = 256 * 1024;

/** What AWS answers when the body is not JSON at all: the type, and no message. */
function notJson(): ServiceError {
  return new ServiceError('SerializationException', '');
}

function depthExceeds(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > max) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** The JSON object in a request's body. Throws SerializationException when it is anything else. */
export function parseBody(body: Buffer): object {
  if (body.length === 0 || !isUtf8(body)) throw notJson();
  const text = body.toString('utf8');
  if (text.length >= scannedSizeMin && depthExceeds(text, jsonDepthMax)) throw notJson();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson();
  return value;
}
