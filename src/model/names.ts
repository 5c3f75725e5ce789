import type {Brand} from '../base/brand.ts';
import {validationError} from './service-error.ts';

/** What a caller calls a table; only `parseTableReference` makes one. */
export type TableName = Brand<string, 'TableName'>;

export const nameLengthMin = 3;
export const nameLengthMax = 255;
export const namePatternText = '[a-zA-Z0-9_.-]+';
export const namePattern = /^[a-zA-Z0-9_.-]+$/;

export function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

/** The parts of a name or of an ARN of a table, of an index or of a stream. `region` and `account` only from an ARN. */
export interface TableReference {
  table: TableName;
  region?: string;
  account?: string;
  index?: string;
  /** The stream's label, a point in time such as `2026-01-01T00:00:00.000`. */
  stream?: string;
}

const arnPattern =
  /^arn:(?:aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b):dynamodb:([a-z0-9-]*):(\d*):table\/([a-zA-Z0-9_.-]{3,255})(?:\/(index|stream)\/([a-zA-Z0-9_.:-]{1,255}))?$/;

export function invalidArn(text: string): Error {
  return validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${text}`);
}

/** Throws ValidationException when `text` is neither a name nor such an ARN. */
export function parseTableReference(text: string): TableReference {
  if (!isArn(text)) {
    if (text.length < nameLengthMin || text.length > nameLengthMax) {
      throw validationError(
        `TableName must be at least ${nameLengthMin} characters long and at most ${nameLengthMax} characters long`,
      );
    }
    if (!namePattern.test(text)) {
      throw validationError(
        `1 validation error detected: Value '${text}' at 'tableName' failed to satisfy constraint: ` +
          `Member must satisfy regular expression pattern: ${namePatternText}`,
      );
    }
    return {table: text as TableName};
  }
  const [, region, account, table, kind, part] = arnPattern.exec(text) ?? [];
  if (region === undefined || account === undefined || table === undefined) throw invalidArn(text);
  return {
    table: table as TableName,
    region,
    account,
    ...(kind === 'index' ? {index: part!} : {}),
    ...(kind === 'stream' ? {stream: part!} : {}),
  };
}

export function tableArn(region: string, account: string, table: TableName): string {
  return `arn:aws:dynamodb:${region}:${account}:table/${table}`;
}

export function indexArn(region: string, account: string, table: TableName, index: string): string {
  return `${tableArn(region, account, table)}/index/${index}`;
}
