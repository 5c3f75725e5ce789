import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';

/**
 * What a simulated run does, as plain data: all that clients will ask for, and which faults may happen. A run is a program
 * and a seed for everything else, so that a failing one can be made smaller by leaving parts out.
 */
export interface Program {
  /** Decides what the program leaves open: in which order things happen, and where faults strike. */
  seed: number;
  nodes: number;
  /** By how much the clock of each node is ahead, in milliseconds. */
  aheadMs: number[];
  clients: Client[];
  faults: Faults;
  /** Overrides of engine/streams/stream-settings.ts and of the engine's lifecycle, in milliseconds. */
  streams: {shardsMin: number; rollMs: number; retentionMs: number; iteratorMs: number};
  lifecycle: Partial<Record<LifecycleState, number>>;
}

export type LifecycleState =
  | 'tableCreatingMs'
  | 'tableUpdatingMs'
  | 'tableDeletingMs'
  | 'indexCreatingMs'
  | 'indexDeletingMs'
  | 'timeToLiveFixedMs'
  | 'transactionMs';

/** Chances from 0 to 1. */
export interface Faults {
  /** A decision is thrown away and asked for again. */
  discard: number;
  /** Of each event that happens: one node loses all that it had not finished, and starts anew. */
  crash: number;
  /** Of each call of the store: it can't be reached; of a commit nobody may know whether it was done. */
  unavailable: number;
  /** Of each step of a job. */
  jobFails: number;
  /** A job's call of the store is passed over when it could go on. */
  jobWaits: number;
}

export interface Client {
  node: number;
  steps: Step[];
}

export interface Step {
  /** Since the start of the run; not before the last step is done. */
  atMs: number;
  op: Op;
}

export type ViewType = 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY';

export interface IndexShape {
  name: string;
  kind: 'local' | 'global';
  partition: string[];
  sort: string[];
  projection: 'ALL' | 'KEYS_ONLY' | string[];
}

export interface TableShape {
  indexes: IndexShape[];
  stream?: ViewType;
}

export type Path = [string] | [string, string];

export type Test =
  | {test: 'exists' | 'missing'; path: Path}
  | {test: 'compare'; path: Path; by: Comparison; value: AttributeValue}
  | {test: 'between'; path: Path; low: AttributeValue; high: AttributeValue}
  | {test: 'in'; path: Path; values: AttributeValue[]}
  | {test: 'begins'; path: Path; text: string}
  | {test: 'contains'; path: Path; value: AttributeValue}
  | {test: 'type'; path: Path; type: string}
  | {test: 'size'; path: Path; above: number}
  | {test: 'and'; of: Test[]}
  | {test: 'or'; of: Test[]}
  | {test: 'not'; of: Test};

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** One clause of an update; the top-level names of an update's clauses differ. */
export type Change =
  | {change: 'set'; path: Path; value: AttributeValue}
  | {change: 'copy'; path: Path; from: Path}
  /** `otherwise`: with if_not_exists. */
  | {change: 'plus'; path: Path; by: number; otherwise?: number}
  | {change: 'append'; path: Path; list: AttributeValue[]; otherwise?: AttributeValue[]}
  | {change: 'add'; path: Path; value: AttributeValue}
  | {change: 'remove'; path: Path}
  | {change: 'delete'; path: Path; members: string[]};

export interface PutOp {
  op: 'put';
  table: string;
  item: Item;
  condition?: Test;
  returns?: string;
  onFailure?: 'ALL_OLD';
}
export interface UpdateOp {
  op: 'update';
  table: string;
  key: Item;
  changes: Change[];
  condition?: Test;
  returns?: string;
  onFailure?: 'ALL_OLD';
}
export interface DeleteOp {
  op: 'delete';
  table: string;
  key: Item;
  condition?: Test;
  returns?: string;
  onFailure?: 'ALL_OLD';
}
interface CheckOp {
  op: 'check';
  table: string;
  key: Item;
  condition: Test;
  onFailure?: 'ALL_OLD';
}
export type ItemWrite = PutOp | UpdateOp | DeleteOp;
export type TransactAction = ItemWrite | CheckOp;

export interface PageOp {
  op: 'query' | 'scan';
  table: string;
  index?: string;
  /** Of a query: one value for each partition attribute, and a condition on the first sort attribute. */
  partition?: Item;
  sort?: {by: Comparison | 'between' | 'begins'; name: string; values: AttributeValue[]};
  reverse?: boolean;
  filter?: Test;
  limit?: number;
  select?: 'COUNT' | 'ALL_ATTRIBUTES';
  consistent?: boolean;
  segment?: {number: number; total: number};
  /** Filled in by the client that asks for page after page. */
  startKey?: Item;
}

/** A PartiQL statement that means one of the item operations. */
export interface StatementOp {
  op: 'statement';
  means: StatementWrite | {kind: 'select'; table: string; key: Item};
}

export type StatementWrite =
  | {kind: 'insert'; table: string; item: Item}
  | {kind: 'update'; table: string; key: Item; set: [string, AttributeValue][]; condition?: [string, AttributeValue]}
  | {kind: 'delete'; table: string; key: Item};

export type Op =
  | ItemWrite
  | PageOp
  | StatementOp
  | {op: 'transactStatements'; statements: StatementWrite[]; token?: string}
  | {op: 'get'; table: string; key: Item; project?: string[]}
  | {op: 'batchWrite'; writes: {table: string; put?: Item; key?: Item}[]}
  | {op: 'batchGet'; gets: {table: string; key: Item}[]}
  | {op: 'transactWrite'; actions: TransactAction[]; token?: string}
  | {op: 'transactGet'; gets: {table: string; key: Item}[]}
  | {op: 'createTable'; table: string; shape: TableShape}
  | {op: 'deleteTable'; table: string}
  | {op: 'addIndex'; table: string; index: IndexShape}
  | {op: 'dropIndex'; table: string; index: string}
  | {op: 'setStream'; table: string; view: ViewType | 'off'}
  | {op: 'setTtl'; table: string; enabled: boolean}
  | {op: 'describe'; table: string}
  | {op: 'readStream'; table: string};

/** Every table's partition key is `p` (S); its sort key `s`, if any, has a type that goes with its name. */
export const sortTypes: Record<string, 'S' | 'N' | 'B' | undefined> = {
  table0: undefined,
  table1: 'N',
  table2: 'S',
  table3: 'B',
};

export function attributeType(table: string, name: string): 'S' | 'N' | 'B' {
  if (name === 's') return sortTypes[table]!;
  return name === 'n' ? 'N' : 'S';
}

export const startMs = 1_700_000_000_000;
