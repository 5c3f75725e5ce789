import type {Bindings} from './bindings.ts';
import type {ConditionOperand} from './tree.ts';

/** The message for the first placeholder of some operands, in the order of the text, that the request does not define. */
export function findUndefined(operands: readonly ConditionOperand[], bindings: Bindings): string | undefined {
  for (const operand of operands) {
    let problem: string | undefined;
    if (operand.kind === 'call') problem = findUndefined(operand.args, bindings);
    else if (operand.kind === 'path') problem = findUndefinedName(operand.slot, bindings);
    else if (operand.kind === 'value') problem = findUndefinedValue(operand.slot, bindings);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function findUndefinedName(path: number, {expression, resolved}: Bindings): string | undefined {
  for (const element of expression.paths[path]!) {
    if (typeof element === 'object' && resolved.names[element.slot] === undefined) {
      const name = expression.names[element.slot];
      return `An expression attribute name used in the document path is not defined; attribute name: ${name}`;
    }
  }
  return undefined;
}

export function findUndefinedValue(slot: number, {expression, values}: Bindings): string | undefined {
  if (values[slot] !== undefined) return undefined;
  return `An expression attribute value used in expression is not defined; attribute value: ${expression.values[slot]}`;
}
