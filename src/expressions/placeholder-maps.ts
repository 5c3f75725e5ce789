import type {Item} from '../model/attribute-value.ts';
import {attributeValueSize} from '../model/item-size.ts';
import {attributeNameProblem, parseExpressionValues, type WireItem} from '../model/parse-item.ts';
import {validationError} from '../model/service-error.ts';
import {utf8Size} from '../model/text-order.ts';
import type {ValueLayer} from '../model/value-layer.ts';

const placeholderBytesMax = 255;
const mapBytesMax = 2_097_152;

/**
 * Checks ExpressionAttributeNames. Messages and order, here and below: ExtendDB's captures (pull request 181), dynalite; a
 * name that no attribute can have is refused wherever it would be used (scylladb's test_limits.py, run against AWS). Throws
 * ValidationException without a prefix.
 */
export function checkNames(names: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const placeholder of checkPlaceholders('ExpressionAttributeNames', '#', names)) {
    const name = names[placeholder]!;
    const problem = attributeNameProblem(name);
    if (problem !== undefined) {
      throw validationError(`ExpressionAttributeNames contains invalid value: ${problem} for key ${placeholder}`);
    }
    bytes += placeholder.length + utf8Size(name);
  }
  if (bytes > mapBytesMax) throw validationError('ExpressionAttributeNames exceeds max size');
}

/**
 * Checks ExpressionAttributeValues and puts them in normal form, in place. Throws ValidationException; only what is wrong
 * with a value has the layer's prefix already, so `layer` must have none.
 */
export function parseValues(wire: WireItem, layer: ValueLayer): Item {
  const placeholders = checkPlaceholders('ExpressionAttributeValues', ':', wire);
  const values = parseExpressionValues(wire, layer);
  let bytes = 0;
  for (const placeholder of placeholders) bytes += placeholder.length + attributeValueSize(values[placeholder]!);
  if (bytes > mapBytesMax) throw validationError('ExpressionAttributeValues exceeds max size');
  return values;
}

/** The placeholders, all of which are well formed. */
function checkPlaceholders(member: string, sigil: '#' | ':', map: object): string[] {
  const placeholders = Object.keys(map);
  if (placeholders.length === 0) throw validationError(`${member} must not be empty`);
  for (const placeholder of placeholders) {
    if (isPlaceholder(placeholder, sigil)) continue;
    const bytes = Buffer.byteLength(placeholder);
    if (bytes > placeholderBytesMax) {
      const size = sigil === '#' ? ` size of key: ${bytes}` : '';
      throw validationError(
        `${member} contains invalid key: The expression attribute map contains a key that is too long;${size}`,
      );
    }
    throw validationError(`${member} contains invalid key: Syntax error; key: "${placeholder}"`);
  }
  return placeholders;
}

/** The sigil, and letters, digits and underscores, at least one. */
function isPlaceholder(text: string, sigil: string): boolean {
  const {length} = text;
  if (length < 2 || length > placeholderBytesMax || text[0] !== sigil) return false;
  for (let i = 1; i < length; i++) {
    const code = text.charCodeAt(i);
    const isWord =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f;
    if (!isWord) return false;
  }
  return true;
}
