import type {AttributeValue} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import type {Bindings} from './bindings.ts';
import type {Clause, Comparator, ConditionNode, ConditionOperand} from './tree.ts';

export type KeyOperator = Exclude<Comparator, '<>'> | 'BETWEEN' | 'begins_with';

/** A condition on one attribute: `attribute operator values`. */
export interface KeyClause {
  attribute: string;
  /** `unindexable` are the operators of KeyConditions that no key can meet, which is refused when the key is known. */
  operator: KeyOperator | 'unindexable';
  /** Two for BETWEEN, one for all else. */
  values: readonly AttributeValue[];
}

export interface KeyCondition {
  /** In the order of the text; no two of the same attribute. */
  clauses: readonly KeyClause[];
}

/**
 * A checked condition as a key condition: clauses on different attributes, all of which must hold. Throws
 * ValidationException, with AWS's whole message. The order of checks is that of dynalite (test/query.js).
 */
export function toKeyCondition(bindings: Bindings<ConditionNode>): KeyCondition {
  const clauses: KeyClause[] = [];
  collectClauses(bindings.expression.root, bindings, clauses);
  return {clauses};
}

function collectClauses(node: ConditionNode, bindings: Bindings, clauses: KeyClause[]): void {
  switch (node.kind) {
    case 'and':
      for (const arg of node.args) collectClauses(arg, bindings, clauses);
      return;
    case 'or':
    case 'not':
      throw invalidOperator(node.kind.toUpperCase());
    default: {
      const clause = toKeyClause(node, bindings);
      if (clauses.some(({attribute}) => attribute === clause.attribute)) {
        // The prefix is there today (paritysuite queryKeyConditionOperands), other than when dynalite's tests were written.
        throw validationError(
          'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
        );
      }
      clauses.push(clause);
    }
  }
}

function toKeyClause(clause: Clause, bindings: Bindings): KeyClause {
  const {name, args} = clause;
  if (name === '<>' || clause.kind === 'in') throw invalidOperator(name);
  if (clause.kind === 'call' && name !== 'begins_with') throw invalidOperator(name);
  if (clause.kind !== 'compare' && args[0]!.kind !== 'path') {
    throw invalidCondition(`${name} operator must have the key attribute as its first operand`);
  }
  let attribute: string | undefined;
  const values: AttributeValue[] = [];
  for (const arg of args) {
    if (arg.kind === 'path') {
      if (attribute !== undefined) throw invalidCondition('Multiple attribute names used in one condition');
      attribute = keyAttribute(arg, bindings);
    } else if (arg.kind === 'value') {
      values.push(bindings.values[arg.slot]!);
    } else {
      throw validationError('KeyConditionExpressions cannot contain nested operations');
    }
  }
  if (attribute === undefined) throw invalidCondition('No key attribute specified');
  const reversed = clause.kind === 'compare' && args[0]!.kind !== 'path';
  return {attribute, operator: (reversed ? mirrored[name as Comparator] : name) as KeyOperator, values};
}

function keyAttribute(operand: Extract<ConditionOperand, {kind: 'path'}>, bindings: Bindings): string {
  const path = bindings.resolved.paths[operand.slot]!;
  if (path.length > 1) {
    // With its prefix since 2026: ExtendDB's tests (us-east-1) and dynoxide's (eu-west-2).
    throw validationError(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  return path[0] as string;
}

const mirrored: Record<Comparator, Comparator> = {'=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<='};

function invalidOperator(name: string) {
  return validationError(`Invalid operator used in KeyConditionExpression: ${name}`);
}

function invalidCondition(reason: string) {
  return validationError(`Invalid condition in KeyConditionExpression: ${reason}`);
}
