import {backslash, closeBrace, closeBracket, comma, openBrace, openBracket, quote} from './json-bytes.ts';

/**
 * Names of one object beyond this many bytes are not worth parsing: an item holds a quarter of it at most, so what is kept
 * is refused in the same words as the whole. Millions of names take seconds to parse and to check, in which nobody is served.
 */
const nameBytesMax = 4 * 409_600;

/**
 * Looks at brackets and names before anything is built: costs far less than the parse. Gives the text without the members
 * that are too many in their object (nearly always the same text), or undefined when it is nested deeper than `depthMax`.
 * Text that is no JSON comes out as text that is none, unless the fault lies in what was left out.
 */
export function scanJson(text: string, depthMax: number): string | undefined {
  /** By depth: bytes of names so far, or −1 in an array. */
  const nameBytes = new Int32Array(depthMax + 1).fill(-1);
  const kept: string[] = [];
  let keptFrom = 0;
  /** Where members are being left out from, and the depth of their object. */
  let cutFrom = 0;
  let cutDepth = -1;
  let lastComma = 0;
  let depth = 0;
  let nameComes = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const start = at;
        let escaped = false;
        for (at++; at < text.length; at++) {
          const code = text.charCodeAt(at);
          if (code === quote) break;
          if (code === backslash) {
            escaped = true;
            at++;
          }
        }
        if (!nameComes) break;
        nameComes = false;
        if (nameBytes[depth]! > nameBytesMax && cutDepth < 0) {
          cutFrom = lastComma;
          cutDepth = depth;
        }
        // However an escape is spelled, it stands for one byte at least.
        nameBytes[depth]! += escaped ? 1 : at - start - 1;
        break;
      }
      case comma:
        lastComma = at;
        nameComes = nameBytes[depth]! >= 0;
        break;
      case openBrace:
      case openBracket: {
        if (++depth > depthMax) return undefined;
        const isObject = text.charCodeAt(at) === openBrace;
        nameBytes[depth] = isObject ? 0 : -1;
        nameComes = isObject;
        break;
      }
      case closeBrace:
      case closeBracket:
        if (depth === cutDepth) {
          kept.push(text.slice(keptFrom, cutFrom));
          keptFrom = at;
          cutDepth = -1;
        }
        // More brackets that close than open: no JSON.
        if (depth > 0) depth--;
        nameComes = false;
        break;
    }
  }
  if (cutDepth >= 0 || kept.length === 0) return text;
  return kept.join('') + text.slice(keptFrom);
}
