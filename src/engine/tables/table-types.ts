/** What a table is made of, for those who may not see how it is stored. */
export type {
  IndexRecord,
  KeyAttribute,
  KeySchema,
  OnDemandMaximum,
  ProjectionRecord,
  TableRecord,
  Throughput,
} from '../../keyspace/table-record.ts';
