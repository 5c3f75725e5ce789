import type {ConditionOperand} from './tree.ts';

interface FunctionShape {
  operands: number;
  /** In which expressions it may be called. */
  allowedIn: 'condition' | 'update';
  /** May be an operand of something else. */
  nests: boolean;
}

/** All functions; their names are case-sensitive. */
export const functionShapes: ReadonlyMap<string, FunctionShape> = new Map<string, FunctionShape>([
  ['attribute_exists', {operands: 1, allowedIn: 'condition', nests: false}],
  ['attribute_not_exists', {operands: 1, allowedIn: 'condition', nests: false}],
  ['attribute_type', {operands: 2, allowedIn: 'condition', nests: false}],
  ['begins_with', {operands: 2, allowedIn: 'condition', nests: false}],
  ['contains', {operands: 2, allowedIn: 'condition', nests: false}],
  ['size', {operands: 1, allowedIn: 'condition', nests: true}],
  ['if_not_exists', {operands: 2, allowedIn: 'update', nests: true}],
  // That list_append may not be nested is what AWS answers (scylladb's test_update_expression.py).
  ['list_append', {operands: 2, allowedIn: 'update', nests: false}],
]);

/** The message if a call has too few or too many operands. */
export function operandCountProblem(name: string, args: readonly ConditionOperand[]): string | undefined {
  if (functionShapes.get(name)?.operands === args.length) return undefined;
  return (
    'Incorrect number of operands for operator or function; ' +
    `operator or function: ${name}, number of operands: ${args.length}`
  );
}

export function operandTypeProblem(name: string, type: string): string {
  return `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;
}

export function pathRequiredProblem(name: string): string {
  return `Operator or function requires a document path; operator or function: ${name}`;
}
