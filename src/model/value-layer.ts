/**
 * DynamoDB checks attribute values in one of two layers of code, and the operation decides in which; they differ in wording
 * only. Source: paritysuite valueLayers (eu-west-2, us-east-1, eu-west-1 and us-west-2, October 2026).
 */
export interface ValueLayer {
  /** Stands before every message. */
  envelope: string;
  /** The older layer: Java's BigDecimal, set members as sent, and a wrapper around messages about expression values. */
  older: boolean;
}

/** PutItem, UpdateItem, DeleteItem: item, key, expression values and legacy values alike. */
export const envelopedLayer: ValueLayer = {envelope: '1 validation error detected: ', older: false};
/** GetItem, BatchGetItem, Query. */
export const bareLayer: ValueLayer = {envelope: '', older: false};
/** BatchWriteItem, TransactWriteItems, TransactGetItems, Scan. */
export const olderLayer: ValueLayer = {envelope: '', older: true};
