import type {KeyAttribute, KeySchema, OnDemandMaximum, TableRecord} from '../../keyspace/table-record.ts';
import type {Capacity, NewIndex, SseRecord, StreamViewType, TableClass} from './new-table.ts';

/** What UpdateTable asks for, sound in itself. Members that AWS takes only alone never come together. */
export interface TableChange {
  billingMode?: TableRecord['billingMode'];
  throughput?: Capacity;
  onDemandMaximum?: OnDemandMaximum;
  warmThroughput?: Partial<Capacity>;
  indexChanges: readonly IndexChange[];
  /** `false` disables it. */
  stream?: StreamViewType | false;
  /** `false`: back to the service's own key. */
  sse?: SseRecord | false;
  tableClass?: TableClass;
  deletionProtection?: boolean;
}

export type IndexChange =
  | {kind: 'create'; name: string; prepare: PrepareIndex}
  | {
      kind: 'update';
      name: string;
      throughput?: Capacity;
      onDemandMaximum?: OnDemandMaximum;
      warmThroughput?: Partial<Capacity>;
    }
  | {kind: 'delete'; name: string};

/**
 * Some of what makes a new index sound depends on its table: which attributes are defined already, and how it is billed.
 * Pure; throws ValidationException.
 */
export type PrepareIndex = (
  known: ReadonlyMap<string, KeyAttribute>,
  billingMode: TableRecord['billingMode'],
) => {index: NewIndex; keySchema: KeySchema};
