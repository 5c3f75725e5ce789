import type {AttributeValue} from '@aws-sdk/client-dynamodb';

export const S = (text: string): AttributeValue => ({S: text});
export const N = (digits: string | number): AttributeValue => ({N: String(digits)});
export const B = (bytes: readonly number[]): AttributeValue => ({B: Uint8Array.from(bytes)});

/** A leaf wrapped in this many maps. */
export function nested(depth: number): AttributeValue {
  let value: AttributeValue = S('leaf');
  for (let level = 0; level < depth; level++) value = {M: {n: value}};
  return value;
}

/** The largest item, in bytes. */
export const itemBytesMax = 409_600;
