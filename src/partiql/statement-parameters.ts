import type {AttributeValue} from '../model/attribute-value.ts';
import {parseItem, type WireItem} from '../model/parse-item.ts';
import {validationError} from '../model/service-error.ts';
import {olderLayer} from '../model/value-layer.ts';
import type {Prepared} from './prepare-statement.ts';

/**
 * Checks the parameters of a statement, before it is read, and puts them in normal form, in place (paritysuite
 * partiqlParameterNumbers; Floci's captures, eu-west-2, 2026). Throws ValidationException.
 */
export function parseParameters(wire: readonly object[] | undefined): readonly AttributeValue[] {
  if (wire === undefined) return none;
  return wire.map(value => parseItem({value} as WireItem, olderLayer).value!);
}

const none: readonly AttributeValue[] = [];

/** More than there are `?` is no fault: DynamoDB Local takes them too. */
export function mustHaveParameters(prepared: Prepared, parameters: readonly AttributeValue[]): void {
  if (parameters.length >= prepared.parameters) return;
  throw validationError("Number of parameters in request and statement don't match.");
}
