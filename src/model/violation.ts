/** One failed constraint. `path` is as AWS prints it: `keySchema.1.member.keyType`. */
export interface Violation {
  path: string;
  text: string;
}

/** Adds to `violations` what `value` (of the right type, not null) breaks. */
export type ConstraintCheck = (value: unknown, path: string, violations: Violation[]) => void;

/** AWS names at most ten. */
export const violationsMax = 10;

export function violation(path: string, value: string | null, constraint: string): Violation {
  const shown = value === null ? 'null' : `'${value}'`;
  return {path, text: `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`};
}
