import {Parser} from './parser.ts';
import type {ProblemKind} from './problems.ts';
import type {BoundProjection} from './projection.ts';
import type {Expression} from './tree.ts';

const problemOrder: readonly ProblemKind[] = ['name', 'depth'];

/** The grammar of projection expressions: all that they hold is paths. Throws ValidationException without a prefix. */
export function parseProjection(text: string): Expression<undefined, BoundProjection> {
  const parser = new Parser(text, 'projection', new Set());
  do parser.parsePath();
  while (parser.takeSymbol(','));
  return parser.finish(undefined, problemOrder);
}
