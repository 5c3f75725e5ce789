import {utf8Size} from './text-order.ts';

/**
 * What an UpdateExpression of a standalone UpdateItem is charged, in bytes. UpdateItem is refused with
 * `updateTooLargeMessage` when the finished item **or** this charge exceeds `itemSizeBytesMax`; the charge knows nothing of
 * the stored item and is checked before the ConditionExpression. Neither a transaction's Update, nor PartiQL's, nor
 * AttributeUpdates is charged: there only the finished item counts.
 *
 * The charge is `base` and the sum over the clauses:
 *
 * - `SET target = operand`: `set` + target + operand
 * - `ADD target :v`: `set` + target + the size of `:v`; for a set, of the members that were not there yet
 * - `REMOVE target` and `DELETE target :v`: `remove` + target
 *
 * Operands: a path costs `updatePathOperandCharge` (never the value it reads), a value its `attributeValueSize` at every
 * use, `x + y` `plus`, `x - y` `minus`, `if_not_exists` and `list_append` their own, each plus both operands.
 *
 * Source: paritysuite itemSizeBySurface, measured in eu-west-2 in August and October 2026; 22 of 33 regions do so, ten look
 * at the finished item alone.
 */
export const updateCharge = {
  base: 3,
  set: 19,
  remove: 1,
  plus: 34,
  minus: 37,
  ifNotExists: 39,
  listAppend: 37,
} as const;

/** A document path as its elements: attribute and map names, list indexes. */
export type PathElements = readonly (string | number)[];

/** The path that a clause writes or removes: its first name, then 4 and the element for each further one. */
export function updateTargetCharge(path: PathElements): number {
  return charge(path, 0, 4) - 4;
}

/** A path that a clause reads: 1, and 14 and the element for each. */
export function updatePathOperandCharge(path: PathElements): number {
  return charge(path, 1, 14);
}

function charge(path: PathElements, base: number, each: number): number {
  let bytes = base;
  for (const element of path)
    bytes += each + (typeof element === 'number' ? String(element).length : utf8Size(element));
  return bytes;
}
