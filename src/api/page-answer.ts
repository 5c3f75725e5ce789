import type {Page} from '../engine/query/read-page.ts';
import type {Select} from '../engine/query/selection.ts';
import {validationError} from '../model/service-error.ts';
import {RawAnswer} from './operation.ts';

interface SelectMembers {
  Select?: Select;
  ProjectionExpression?: string;
  AttributesToGet?: string[];
  IndexName?: string;
}

/** Answers Query and Scan. Items go out as they are stored, so the answer is put together as text. */
export function pageAnswer(page: Page, select: Select | undefined, capacity: object | undefined): RawAnswer {
  const body: (string | Buffer)[] = [`{"Count":${page.count},"ScannedCount":${page.scannedCount}`];
  if (select !== 'COUNT') {
    body.push(',"Items":[');
    for (let at = 0; at < page.items.length; at++) {
      if (at > 0) body.push(',');
      body.push(page.items[at]!);
    }
    body.push(']');
  }
  if (page.lastKey) body.push(`,"LastEvaluatedKey":${JSON.stringify(page.lastKey)}`);
  if (capacity) body.push(`,"ConsumedCapacity":${JSON.stringify(capacity)}`);
  body.push('}');
  return new RawAnswer(body);
}

/**
 * Select must fit what else is asked. Scan speaks of Querying too, and Query, unlike Scan, puts these refusals alone into
 * the envelope of its constraint checks (moto's tests of Select, verified against us-east-1 in 2026).
 */
export function mustSelectSensibly(wire: SelectMembers, envelope: string): void {
  const {Select: select, ProjectionExpression, AttributesToGet, IndexName} = wire;
  const refuse = (message: string) => {
    throw validationError(envelope + message);
  };
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) {
    refuse('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  const member = AttributesToGet ? 'AttributesToGet' : ProjectionExpression && 'ProjectionExpression';
  if (member && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') {
    refuse(`Cannot specify the ${member} when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`);
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && !member) {
    refuse('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
}
