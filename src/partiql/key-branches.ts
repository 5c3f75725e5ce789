import type {KeyClause as AnyKeyClause, KeyOperator} from '../expressions/key-condition.ts';
import type {KeySchema} from '../expressions/resolve-key-condition.ts';
import type {Clause, Comparator, ConditionNode, ConditionOperand} from '../expressions/tree.ts';
import {type AttributeValue, typeOf} from '../model/attribute-value.ts';
import {equalValues} from '../model/compare-values.ts';
import {type ServiceError, validationError} from '../model/service-error.ts';
import type {Where} from './bind-where.ts';

/** A condition that a key can serve. */
export interface KeyClause extends AnyKeyClause {
  operator: KeyOperator;
}

/** One of the reads that a WHERE clause is taken apart into: a partition, and conditions on its sort key. */
export interface KeyBranch {
  partition: AttributeValue;
  /** All of them must hold. */
  sort: readonly KeyClause[];
  /** Attributes that its other conditions name, in the order of the text. Empty: the keys say it all. */
  filtered: readonly string[];
}

const readsMax = 50;
/** Combinations to look at before contradictions are dropped. */
const combinationsMax = 2_500;

/**
 * The reads that a WHERE clause asks for, if it says in each of its alternatives what the partition key equals; undefined
 * otherwise: then all must be scanned. Throws ValidationException. Source: paritysuite whereOverlap, and Floci's captures
 * (eu-west-2, September 2026).
 */
export function keyBranches(where: Where, schema: KeySchema): KeyBranch[] | undefined {
  const {expression} = where;
  const planner = new Planner(where, schema);
  if (!planner.namesPartition(expression.root)) return undefined;
  const branches: KeyBranch[] = [];
  for (const {partition, sort, filtered} of planner.branchesOf(expression.root)) {
    if (partition !== undefined) branches.push({partition, sort, filtered});
  }
  if (branches.length > readsMax) throw tooManyReads();
  return branches;
}

interface Part {
  partition: AttributeValue | undefined;
  sort: readonly KeyClause[];
  filtered: readonly string[];
}

class Planner {
  readonly #where: Where;
  readonly #partition: KeySchema['partition'][number];
  readonly #sort: KeySchema['sort'][number] | undefined;

  constructor(where: Where, schema: KeySchema) {
    this.#where = where;
    this.#partition = schema.partition[0]!;
    this.#sort = schema.sort[0];
  }

  namesPartition(node: ConditionNode): boolean {
    switch (node.kind) {
      case 'and':
        return node.args.some(arg => this.namesPartition(arg));
      case 'or':
        return node.args.every(arg => this.namesPartition(arg));
      case 'not':
        return false;
      default:
        return this.#keyClauses(node)?.every(isEqualityOn(this.#partition.name)) === true;
    }
  }

  branchesOf(node: ConditionNode): Part[] {
    switch (node.kind) {
      case 'and': {
        const alternatives = node.args.map(arg => this.branchesOf(arg));
        let parts = joinParts(alternatives.filter(each => each.length === 1).map(([part]) => part!));
        for (const each of alternatives) if (each.length !== 1) parts = combine(parts, each);
        return parts;
      }
      case 'or':
        if (!this.#decides(node)) break;
        return node.args.flatMap(arg => this.branchesOf(arg));
      case 'not':
        break;
      default: {
        const clauses = this.#keyClauses(node);
        if (clauses !== undefined) return clauses.map(clause => this.#partOf(clause, node));
      }
    }
    return [{...whole, filtered: this.#attributesOf(node)}];
  }

  /** Whether some condition on a key stands in it that a read can be limited by. */
  #decides(node: ConditionNode): boolean {
    if (node.kind === 'and' || node.kind === 'or') return node.args.some(arg => this.#decides(arg));
    if (node.kind === 'not') return false;
    const [first] = this.#keyClauses(node) ?? [];
    return first !== undefined && (first.attribute !== this.#partition.name || first.operator === '=');
  }

  #partOf(clause: KeyClause, node: Clause): Part {
    const onPartition = clause.attribute === this.#partition.name;
    if (onPartition && clause.operator !== '=') return {...whole, filtered: this.#attributesOf(node)};
    const {name, type} = onPartition ? this.#partition : this.#sort!;
    if (clause.values.some(value => typeOf(value) !== type)) {
      throw validationError(`Key attribute's data type should match its data type in table's schema: Key ${name}`);
    }
    return onPartition ? {...whole, partition: clause.values[0]} : {...whole, sort: [clause]};
  }

  /** What a clause asks of a key attribute: one of several for IN. Undefined: it is no condition that a key can serve. */
  #keyClauses({kind, name, args}: Clause): KeyClause[] | undefined {
    const {values} = this.#where;
    const reversed = kind === 'compare' && args[0]!.kind === 'value' && args[1]!.kind === 'path';
    const [head, ...others] = reversed ? [args[1]!, args[0]!] : args;
    const attribute = this.#keyAttribute(head!);
    if (attribute === undefined || !others.every(other => other.kind === 'value')) return undefined;
    const operands = others.map(other => values[(other as {slot: number}).slot]!);
    if (kind === 'in') return operands.map(value => ({attribute, operator: '=', values: [value]}));
    if (name === '<>' || (kind === 'call' && name !== 'begins_with')) return undefined;
    const operator = (reversed ? mirrored[name as Comparator] : name) as KeyOperator;
    return [{attribute, operator, values: operands}];
  }

  #keyAttribute(operand: ConditionOperand): string | undefined {
    if (operand.kind !== 'path') return undefined;
    const path = this.#where.resolved.paths[operand.slot]!;
    const [name] = path;
    if (path.length > 1 || (name !== this.#partition.name && name !== this.#sort?.name)) return undefined;
    return name as string;
  }

  #attributesOf(node: ConditionNode): string[] {
    const names: string[] = [];
    const visitOperand = (operand: ConditionOperand): void => {
      if (operand.kind === 'path') names.push(this.#where.resolved.paths[operand.slot]![0] as string);
      else if (operand.kind === 'call') operand.args.forEach(visitOperand);
      else if (operand.kind === 'condition') visit(operand.node);
    };
    const visit = (inner: ConditionNode): void => {
      if (inner.kind === 'not') visit(inner.arg);
      else if (inner.kind === 'and' || inner.kind === 'or') inner.args.forEach(visit);
      else inner.args.forEach(visitOperand);
    };
    visit(node);
    return names;
  }
}

/** What meets all of these; none if they contradict each other. */
function joinParts(parts: readonly Part[]): Part[] {
  let partition: AttributeValue | undefined;
  const sort: KeyClause[] = [];
  const filtered: string[] = [];
  for (const part of parts) {
    if (partition && part.partition && !equalValues(partition, part.partition)) return [];
    partition ??= part.partition;
    for (const clause of part.sort) sort.push(clause);
    for (const name of part.filtered) filtered.push(name);
  }
  return [{partition, sort, filtered}];
}

function combine(left: readonly Part[], right: readonly Part[]): Part[] {
  if (left.length * right.length > combinationsMax) throw tooManyReads();
  return left.flatMap(one => right.flatMap(two => joinParts([one, two])));
}

const whole: Part = {partition: undefined, sort: [], filtered: []};

const mirrored: Record<Comparator, Comparator> = {'=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<='};

function isEqualityOn(name: string): (clause: KeyClause) => boolean {
  return ({attribute, operator}) => attribute === name && operator === '=';
}

function tooManyReads(): ServiceError {
  return validationError('Too many decomposed read operations for a given query.');
}
