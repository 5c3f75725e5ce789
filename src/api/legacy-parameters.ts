import {validationError} from '../model/service-error.ts';

/**
 * Parameters from before there were expressions. They never stand beside expressions; alone they are not built yet, and
 * are refused rather than ignored. Both lists in the order in which AWS names them.
 */
export function mustNotUseLegacy<Wire extends object>(
  wire: Wire,
  legacy: readonly (keyof Wire & string)[],
  expressions: readonly (keyof Wire & string)[],
): void {
  const given = (names: readonly (keyof Wire & string)[]) =>
    names.filter(name => (wire[name] ?? undefined) !== undefined);
  const legacyGiven = given(legacy);
  if (legacyGiven.length === 0) return;
  const expressionsGiven = given(expressions);
  if (expressionsGiven.length > 0) {
    throw validationError(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacyGiven.join(', ')}} Expression parameters: {${expressionsGiven.join(', ')}}`,
    );
  }
  throw validationError(
    `Stator does not have the legacy parameter ${legacyGiven[0]} yet. Use an expression parameter instead`,
  );
}
