import type {Violation} from './violation.ts';

// Since 2026-06 the service reads the requests of some operations with a newer framework, which words some refusals
// differently and stops at others. It gives way to the older one when a required member is missing or a value is nested
// too deep for it. Evidence: paritysuite dynamodb-conformance, captures/cross-region-latest.json (o_*, s_*) and
// tests/tier3/validation-ordering/{updateItem,deepRequests,query,batchOperations}.test.ts, eu-west-2 and us-east-1.

type Body = Readonly<Record<string, unknown>>;

function envelope(texts: readonly string[]): string {
  return `${texts.length} validation error${texts.length === 1 ? '' : 's'} detected: ${texts.join('; ')}`;
}

const newReturnValues =
  'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]';
const newConditionalOperator = 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]';
const tableNameTooShort =
  "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1";

/** Beyond this many maps or lists in one another, the older framework reads the request. Between 40 and 63, "about 62". */
const newerDepthMax = 62;

/** Levels of attribute values below `value`; looks no deeper than it must. */
function nestedDeeperThan(value: object, levels: number): boolean {
  if (levels < 0) return true;
  // Without a list of the values: this runs on whatever was refused, and that may have hundreds of thousands.
  for (const name in value) {
    const inner: unknown = value[name as keyof typeof value];
    if (typeof inner === 'object' && inner !== null && nestedDeeperThan(inner, levels - 1)) return true;
  }
  return false;
}

/** Does the older framework read this request of a single item because of its depth? */
export function isReadByOlderFramework(body: object): boolean {
  // A member, its attributes, then `{M: {name: …` for each level, and the leaf's type.
  return nestedDeeperThan(body, 2 * newerDepthMax + 3);
}

type Reword = (body: Body, violations: readonly Violation[]) => string | undefined;

const rewordOne =
  (path: string, text: string) =>
  (violation: Violation): Violation =>
    violation.path === path ? {path, text} : violation;

const emptyTableName: Reword = ({TableName}) => (TableName === '' ? envelope([tableNameTooShort]) : undefined);

const writeOfItem: Reword = (body, violations) => {
  const reworded = violations
    .map(rewordOne('returnValues', newReturnValues))
    .map(rewordOne('conditionalOperator', newConditionalOperator));
  return emptyTableName(body, violations) ?? envelope(reworded.map(({text}) => text));
};

const reword: Readonly<Record<string, Reword>> = {
  PutItem: writeOfItem,
  DeleteItem: writeOfItem,
  UpdateItem(body, violations) {
    // Stops at the first enum.
    const enums = violations.filter(({path}) => path === 'returnValues' || path === 'conditionalOperator');
    return writeOfItem(body, enums.length > 0 ? enums.slice(0, 1) : violations);
  },
  GetItem: emptyTableName,
  Query(body, violations) {
    const tooShort = emptyTableName(body, violations);
    if (tooShort) return tooShort;
    if (violations.some(({path}) => path === 'conditionalOperator')) return newConditionalOperator;
    const limit = "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1";
    return envelope(violations.map(rewordOne('limit', limit)).map(({text}) => text));
  },
  BatchGetItem: (body, violations) => envelope(violations.map(each => batchGetText(body, each))),
  BatchWriteItem(body, violations) {
    // us-east-1 and 26 other regions (captures/2026-10-07-batch-empty-request-items); six give BatchGetItem's answer.
    if (isEmptyMap(body.RequestItems)) return 'The requestItems parameter is required for BatchWriteItem';
    // A bad table name is looked at only when nothing else is wrong.
    const others = violations.filter(({text}) => !text.includes('failed to satisfy constraint: Map keys must'));
    return others.length > 0 ? envelope(others.map(({text}) => text)) : undefined;
  },
};

const emptyRequestItems =
  "Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1";

function isEmptyMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function batchGetText(body: Body, {path, text}: Violation): string {
  if (path === 'requestItems' && isEmptyMap(body.RequestItems)) return emptyRequestItems;
  const failed = ' failed to satisfy constraint: ';
  const constraint = text.slice(text.lastIndexOf(failed));
  // The map is echoed as the JSON that was sent.
  if (path === 'requestItems' && constraint.startsWith(`${failed}Map keys`)) {
    return `Value '${JSON.stringify(body.RequestItems)}' at 'requestItems'${constraint}`;
  }
  if (path.endsWith('.member.keys') && constraint.includes('must have length')) {
    return `Value at 'R${path.slice(1, -'keys'.length)}Keys'${constraint}`;
  }
  return text;
}

const requiredMember: Readonly<Record<string, string>> = {
  PutItem: 'Item',
  UpdateItem: 'Key',
  DeleteItem: 'Key',
  GetItem: 'Key',
};

/** The message for these violations, in the words that the operation uses today. */
export function rewordViolations(operation: string, body: object, violations: readonly Violation[]): string {
  const older = envelope(violations.map(({text}) => text));
  const newer = reword[operation];
  const fields = body as Body;
  const required = requiredMember[operation];
  const readByOlder = fields.TableName === undefined && operation in requiredMember;
  if (!newer || readByOlder || (required && fields[required] === undefined)) return older;
  if (required && isReadByOlderFramework(fields)) return older;
  return newer(fields, violations) ?? older;
}
