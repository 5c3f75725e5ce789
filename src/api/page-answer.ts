import type {Page} from '../engine/query/read-page.ts';
import type {Select} from '../engine/query/selection.ts';
import {validationError} from '../model/service-error.ts';
import {RawAnswer} from './operation.ts';

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

/** Select must fit what else is asked. */
export function mustSelectSensibly(
  select: Select | undefined,
  hasProjection: boolean,
  hasIndex: boolean,
  verb: 'Querying' | 'Scanning',
): void {
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && !hasIndex) {
    throw validationError(`ALL_PROJECTED_ATTRIBUTES can be used only when ${verb} using an IndexName`);
  }
  if (hasProjection && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') {
    throw validationError(
      `Cannot specify the ProjectionExpression when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`,
    );
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && !hasProjection) {
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
}
