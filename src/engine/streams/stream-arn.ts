import type {StreamId} from '../../keyspace/stream-key.ts';
import {type TableName, tableArn} from '../../model/names.ts';

export type {StreamId} from '../../keyspace/stream-key.ts';

/** The moment a stream was created, in ISO 8601 with milliseconds and without a zone. */
export function streamLabel(createdMs: number): string {
  return new Date(createdMs).toISOString().slice(0, -1);
}

export function streamArn({region, table, createdMs}: StreamId, account: string): string {
  return `${tableArn(region, account, table as TableName)}/stream/${streamLabel(createdMs)}`;
}

/** The time that a label means; undefined for a text that is none. */
export function labelTime(label: string): number | undefined {
  const createdMs = Date.parse(`${label}Z`);
  return createdMs >= 0 && streamLabel(createdMs) === label ? createdMs : undefined;
}
