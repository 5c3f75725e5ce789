/**
 * An attribute value in the shape of the wire (AWS JSON 1.0), which is also the shape in which items are stored.
 * `B` and `BS` hold base64; numbers are text, because 38 digits do not fit a double.
 */
export type AttributeValue =
  | {S: string}
  | {N: string}
  | {B: string}
  | {BOOL: boolean}
  | {NULL: true}
  | {M: Item}
  | {L: AttributeValue[]}
  | {SS: string[]}
  | {NS: string[]}
  | {BS: string[]};

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';
export type KeyAttributeType = 'S' | 'N' | 'B';

/**
 * Attribute names come from the caller: `__proto__` and `constructor` are ordinary names. So never read or write one with
 * `item[name]`: use `getAttribute` and `setAttribute`. `Object.keys`, spread, `JSON.parse` and `JSON.stringify` are safe.
 */
export type Item = {[name: string]: AttributeValue};

export function getAttribute(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** Changes `item`. */
export function setAttribute(item: Item, name: string, value: AttributeValue): void {
  if (name === '__proto__') {
    Object.defineProperty(item, name, {value, enumerable: true, configurable: true, writable: true});
  } else {
    item[name] = value;
  }
}

/** The type tag of a value that has been parsed: the name of its one member. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const tag in value) return tag as AttributeType;
  throw new Error('an attribute value has one member');
}
