import {validationError} from '../model/service-error.ts';

interface KeyConditions {
  KeyConditions?: object;
  KeyConditionExpression?: string;
}

/**
 * Refuses parameters from before there were expressions beside expressions. Both lists in the order in which AWS names
 * them (extenddb's tests of the same against AWS).
 */
export function mustNotMix<Wire extends object>(
  wire: Wire,
  legacy: readonly (keyof Wire & string)[],
  expressions: readonly (keyof Wire & string)[],
): void {
  const legacyGiven = legacy.filter(name => wire[name] !== undefined && countsAsLegacy(name, wire));
  if (legacyGiven.length === 0) return;
  refuseMix(
    legacyGiven,
    expressions.filter(name => wire[name] !== undefined),
  );
}

/** Both lists as given: refused if neither is empty. */
export function refuseMix(legacy: readonly string[], expressions: readonly string[]): void {
  if (legacy.length === 0 || expressions.length === 0) return;
  throw validationError(
    `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacy.join(', ')}} Expression parameters: {${expressions.join(', ')}}`,
  );
}

/** KeyConditions may stand beside any expression but its own. */
function countsAsLegacy(name: string, wire: KeyConditions): boolean {
  return name !== 'KeyConditions' || wire.KeyConditionExpression !== undefined;
}
