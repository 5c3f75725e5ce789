import type {Path} from '../expressions/path.ts';
import type {Place} from './place.ts';

/** A statement as written, before anything is known of tables and parameters. */
export type Expression =
  | {kind: 'path'; path: Path; place: Place}
  /** A path that names nothing in particular: `a[*]`, `a.*`, `a[b]`. */
  | {kind: 'oddPath'; problem: string; place: Place}
  | {kind: 'string'; value: string; place: Place}
  /** The text of a number, with its sign. */
  | {kind: 'number'; value: string; place: Place}
  | {kind: 'constant'; value: 'true' | 'false' | 'null' | 'missing'; place: Place}
  /** Counted from 0, in the order of the text. */
  | {kind: 'parameter'; number: number; place: Place}
  | {kind: 'list' | 'bag'; elements: readonly Expression[]; place: Place}
  | {kind: 'struct'; fields: readonly (readonly [name: Expression, value: Expression])[]; place: Place}
  /** The name in lower case. `args` is undefined for `f(*)`. */
  | {kind: 'call'; name: string; args: readonly Expression[] | undefined; place: Place}
  /** `name` is the operator in lower case: `and`, `or`, `not`, `between`, `in`, `like`, `=`, `+` … */
  | {kind: 'operator'; name: string; args: readonly Expression[]; place: Place}
  | {kind: 'is'; operand: Expression; type: string; place: Place}
  | {kind: 'statement'; statement: Statement; place: Place};

/** `"table"` or `"table"."index"`; more elements are refused. */
export interface Source {
  elements: readonly string[];
  aliased: boolean;
  /** FROM has something else than one name: a join, a list, a value. */
  problem: string | undefined;
}

export interface OrderTerm {
  by: Expression;
  descending: boolean;
}

export interface SelectStatement {
  kind: 'select';
  /** Undefined: `*`. */
  projection: readonly {value: Expression; aliased: boolean}[] | undefined;
  source: Source;
  where: Expression | undefined;
  orderBy: readonly OrderTerm[] | undefined;
  /** What the grammar has and DynamoDB has not, in its words. */
  problem: string | undefined;
}

export type Returning = 'ALL OLD' | 'ALL NEW' | 'MODIFIED OLD' | 'MODIFIED NEW';

export interface InsertStatement {
  kind: 'insert';
  source: Source;
  value: Expression;
  /** False: `INSERT INTO table <<…>>`. */
  single: boolean;
  returning: Returning | undefined;
}

export type Change = {kind: 'set'; target: Expression; value: Expression} | {kind: 'remove'; target: Expression};

export interface UpdateStatement {
  kind: 'update';
  source: Source;
  changes: readonly Change[];
  where: Expression | undefined;
  returning: Returning | undefined;
}

export interface DeleteStatement {
  kind: 'delete';
  source: Source;
  where: Expression | undefined;
  returning: Returning | undefined;
}

/** `EXISTS(SELECT …)` as a statement. */
export interface ExistsStatement {
  kind: 'exists';
  select: SelectStatement;
}

export type Statement = SelectStatement | InsertStatement | UpdateStatement | DeleteStatement | ExistsStatement;
