import {
  type AttributeType,
  type AttributeValue,
  getAttribute,
  type Item,
  setAttribute,
  typeOf,
} from '../../model/attribute-value.ts';
import {checkAttributeName, parseAttributeValue, type WireValue} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {AttributeValueUpdate} from '../../model/shapes.generated.ts';
import type {ValueLayer} from '../../model/value-layer.ts';
import {addToValue, deleteFromValue} from '../set-update.ts';
import type {Update} from '../update.ts';

export type WireAttributeUpdates = Readonly<Record<string, AttributeValueUpdate>>;

type AttributeUpdate = {action: 'PUT' | 'ADD' | 'DELETE'; value: AttributeValue} | {action: 'REMOVE'};

const invalid = 'One or more parameter values were invalid: ';
const addedTypes: ReadonlySet<AttributeType> = new Set(['N', 'SS', 'NS', 'BS', 'L']);
const deletedTypes: ReadonlySet<AttributeType> = new Set(['SS', 'NS', 'BS']);

/**
 * AttributeUpdates as an update; undefined if there are none, which AWS takes as no update. Throws ValidationException.
 * Messages and order: dynalite validations/updateItem.js.
 */
export function parseAttributeUpdates(updates: WireAttributeUpdates, layer: ValueLayer): Update | undefined {
  const parsed = new Map<string, AttributeUpdate>();
  for (const [attribute, update] of Object.entries(updates)) {
    checkAttributeName(attribute, layer);
    parsed.set(attribute, parseUpdate(update, layer));
  }
  return parsed.size === 0 ? undefined : new LegacyUpdate(parsed);
}

function parseUpdate({Value, Action}: AttributeValueUpdate, layer: ValueLayer): AttributeUpdate {
  const action = Action ?? 'PUT';
  if (!Value) {
    if (action === 'DELETE') return {action: 'REMOVE'};
    throw validationError(`${invalid}Only DELETE action is allowed when no attribute value is specified`);
  }
  const value = parseAttributeValue(Value as WireValue, layer);
  const type = typeOf(value);
  if (action === 'DELETE' && !deletedTypes.has(type)) {
    throw validationError(`${invalid}DELETE action with value is not supported for the type ${type}`);
  }
  if (action === 'ADD' && !addedTypes.has(type)) {
    throw validationError(`${invalid}ADD action is not supported for the type ${type}`);
  }
  return {action, value};
}

class LegacyUpdate implements Update {
  readonly legacy = true;
  readonly topLevelAttributes: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  // A dot in a legacy name is part of the name.
  readonly nestedAttributes: ReadonlySet<string> = new Set();
  readonly createsItem: boolean;
  readonly #updates: ReadonlyMap<string, AttributeUpdate>;

  constructor(updates: ReadonlyMap<string, AttributeUpdate>) {
    this.#updates = updates;
    this.topLevelAttributes = new Set(updates.keys());
    this.attributes = this.topLevelAttributes;
    // Where there is no item, DELETE has nothing to delete.
    this.createsItem = [...updates.values()].some(({action}) => action === 'PUT' || action === 'ADD');
  }

  writtenType(name: string): AttributeType | undefined {
    const update = this.#updates.get(name);
    return update && update.action !== 'REMOVE' ? typeOf(update.value) : undefined;
  }

  apply(item: Item): Item {
    const updated = {...item};
    for (const [attribute, update] of this.#updates) {
      const value = update.action === 'REMOVE' ? undefined : updatedValue(update, getAttribute(item, attribute));
      if (value === undefined) delete updated[attribute];
      else setAttribute(updated, attribute, value);
    }
    return updated;
  }

  updatedParts(item: Item): Item {
    const parts: Item = {};
    for (const attribute of this.topLevelAttributes) {
      const value = getAttribute(item, attribute);
      if (value) setAttribute(parts, attribute, value);
    }
    return parts;
  }

  /** Only the finished item counts (model/update-charge.ts). */
  charge(): number {
    return 0;
  }
}

/** Undefined: the attribute goes. */
function updatedValue(
  {action, value}: Exclude<AttributeUpdate, {action: 'REMOVE'}>,
  existing: AttributeValue | undefined,
): AttributeValue | undefined {
  if (action === 'PUT') return value;
  if (existing === undefined) return action === 'ADD' ? value : undefined;
  if (typeOf(existing) !== typeOf(value)) throw validationError('Type mismatch for attribute to update');
  if (action === 'DELETE') return deleteFromValue(existing, value);
  // Unlike in an UpdateExpression, ADD appends to a list.
  if ('L' in value) return {L: [...(existing as {L: AttributeValue[]}).L, ...value.L]};
  return addToValue(existing, value);
}
