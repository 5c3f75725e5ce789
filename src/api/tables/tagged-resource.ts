import type {Engine} from '../../engine/engine.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {TableRef} from '../../engine/tables/with-tables.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import type {Caller} from '../operation.ts';

/** What an ARN that may carry tags means. */
export interface TaggedResource {
  table: TableRef;
  account: string;
  notFound: ServiceError;
}

// Each colon of an ARN has words of its own: AWS's common ARN parser, seen through DAX (moto test_dax.py).
const colons = [
  'Second colon partition not found',
  'Third colon vendor not found',
  'Fourth colon (region/namespace delimiter) not found',
  'Fifth colon (namespace/relative-id delimiter) not found',
];

/**
 * Only tables have tags, and only an ARN names one (ack-api-quirks DDB-TABLE-070, 071, DDB-BACKUP-016). Throws
 * ValidationException.
 */
export function parseTaggedResource(arn: string, caller: Caller): TaggedResource {
  if (!arn.startsWith('arn:')) throw invalidParameter(`ARNs must start with 'arn:': ${arn}`);
  const parts = arn.split(':');
  if (parts.length < 6) throw invalidParameter(`${colons[parts.length - 2]}: ${arn}`);
  const [, , service, region, account] = parts;
  const resource = parts.slice(5).join(':');
  const [type, name = '', part] = resource.split('/');
  if (service !== 'dynamodb' || type !== 'table' || name === '' || (part !== undefined && !isPart(part))) {
    throw invalidParameter(`Provided Arn is not a DynamoDB resource arn: ${arn}`);
  }
  if (part === 'index') {
    const problem = 'Invalid resource arn provided, only table or stream is accepted. Provided resource arn';
    throw invalidParameter(`${problem}: ${arn}`);
  }
  if (region !== caller.region) {
    throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  const notFound = new ServiceError(
    'ResourceNotFoundException',
    `Requested resource not found: ResourceArn: ${arn} not found`,
  );
  // A stream's ARN is well-formed and never found. No table has a name with a slash.
  return {
    table: {region: caller.region, name: part === undefined ? name : `${name}/${part}`},
    account: account!,
    notFound,
  };
}

const isPart = (part: string) => part === 'index' || part === 'stream';

/** Tables of other accounts are nobody's business, whether they are there or not. Throws AccessDeniedException. */
export function mustBeOwn({account}: TaggedResource, engine: Engine): void {
  if (account !== engine.accountId) throw new ServiceError('AccessDeniedException', 'Access is denied');
}
