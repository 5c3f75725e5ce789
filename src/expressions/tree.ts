import type {Path} from './path.ts';

/**
 * A parsed expression knows nothing of one request: it refers to paths and values by slot, and a request brings an array
 * for each. So one tree serves all requests with the same text, and evaluating it allocates no tree.
 */
export interface Expression<Root, Derived = unknown> {
  root: Root;
  /** Name placeholders (`#n`) by slot. */
  names: readonly string[];
  /** Value placeholders (`:v`) by slot. */
  values: readonly string[];
  paths: readonly PathTemplate[];
  /** The paths under the names of the last request; most requests repeat them. The only thing that changes. */
  lastPaths: ResolvedPaths<Derived> | undefined;
}

/** What stands in place of a name until a request says what it means. */
export interface NameSlot {
  slot: number;
}

export type PathTemplate = readonly (string | number | NameSlot)[];

export interface ResolvedPaths<Derived = unknown> {
  /** What each name slot stands for; undefined for what the request does not define. */
  names: readonly (string | undefined)[];
  paths: readonly Path[];
  /** What a grammar computes from its paths. */
  derived: Derived;
}

export type Operand =
  | {kind: 'path'; slot: number}
  | {kind: 'value'; slot: number}
  | {kind: 'call'; name: string; args: readonly Operand[]};

/** In PartiQL a condition may be an operand as well: the boolean that says whether it holds. */
export type ConditionOperand =
  | Exclude<Operand, {kind: 'call'}>
  | {kind: 'call'; name: string; args: readonly ConditionOperand[]}
  | {kind: 'condition'; node: ConditionNode};

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A condition without AND, OR and NOT. `args` are its operands in the order of the text. */
export type Clause =
  | {kind: 'compare'; name: Comparator; args: readonly ConditionOperand[]}
  | {kind: 'between'; name: 'BETWEEN'; args: readonly ConditionOperand[]}
  /** The first operand, then the list. */
  | {kind: 'in'; name: 'IN'; args: readonly ConditionOperand[]}
  | {kind: 'call'; name: string; args: readonly ConditionOperand[]};

export type ConditionNode =
  | Clause
  | {kind: 'and'; args: readonly ConditionNode[]}
  | {kind: 'or'; args: readonly ConditionNode[]}
  | {kind: 'not'; arg: ConditionNode};

export type UpdateValue = Operand | {kind: 'arithmetic'; name: '+' | '-'; args: readonly Operand[]};

export type UpdateAction =
  | {kind: 'set'; path: number; value: UpdateValue}
  | {kind: 'remove'; path: number}
  | {kind: 'add'; path: number; value: number}
  | {kind: 'delete'; path: number; value: number};
