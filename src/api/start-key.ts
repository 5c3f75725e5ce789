import type {Item} from '../model/attribute-value.ts';
import {parseItem, type WireItem} from '../model/parse-item.ts';
import {type ServiceError, validationError} from '../model/service-error.ts';
import type {ValueLayer} from '../model/value-layer.ts';

/** Faults that AWS reports of a start key as of any other value, without saying where it found them. */
const reportedBare = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

export function parseStartKey(wire: WireItem | Item | undefined, layer: ValueLayer): Item | undefined {
  if (!wire) return undefined;
  try {
    return parseItem(wire as WireItem, layer);
  } catch (error) {
    const {message} = error as ServiceError;
    if (reportedBare.test(message)) throw error;
    throw validationError(`The provided starting key is invalid: ${message}`);
  }
}
