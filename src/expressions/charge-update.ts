import type {AttributeValue} from '../model/attribute-value.ts';
import {attributeValueSize} from '../model/item-size.ts';
import {updateCharge, updatePathOperandCharge, updateTargetCharge} from '../model/update-charge.ts';
import type {Path} from './path.ts';
import type {UpdateAction, UpdateValue} from './tree.ts';

/** What UpdateItem charges a statement, in bytes; it knows nothing of the stored item (update-charge.ts). */
export function chargeUpdate(
  actions: readonly UpdateAction[],
  paths: readonly Path[],
  values: readonly AttributeValue[],
): number {
  let charge: number = updateCharge.base;
  for (const action of actions) {
    charge += updateTargetCharge(paths[action.path]!);
    if (action.kind === 'set') charge += updateCharge.set + chargeValue(action.value, paths, values);
    else if (action.kind === 'add') charge += updateCharge.set + attributeValueSize(values[action.value]!);
    else charge += updateCharge.remove;
  }
  return charge;
}

const operationCharges: Readonly<Record<string, number>> = {
  '+': updateCharge.plus,
  '-': updateCharge.minus,
  if_not_exists: updateCharge.ifNotExists,
  list_append: updateCharge.listAppend,
};

function chargeValue(value: UpdateValue, paths: readonly Path[], values: readonly AttributeValue[]): number {
  if (value.kind === 'value') return attributeValueSize(values[value.slot]!);
  if (value.kind === 'path') return updatePathOperandCharge(paths[value.slot]!);
  let charge = operationCharges[value.name]!;
  for (const arg of value.args) charge += chargeValue(arg, paths, values);
  return charge;
}
