/**
 * A parse finds several things wrong at once, and AWS names the one of the first kind, not the first in the text: so each
 * kind keeps its first message, and the grammar says in which order kinds are reported.
 */
export type ProblemKind =
  | 'parentheses'
  | 'function'
  | 'misuse'
  | 'name'
  | 'section'
  | 'depth'
  | 'operators'
  | 'operands';

export type Problems = {[kind in ProblemKind]?: string};

export function note(problems: Problems, kind: ProblemKind, message: string): void {
  problems[kind] ??= message;
}

export function firstProblem(problems: Problems, order: readonly ProblemKind[]): string | undefined {
  for (const kind of order) {
    if (problems[kind] !== undefined) return problems[kind];
  }
  return undefined;
}
