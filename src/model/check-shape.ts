import {constraintCheck} from './check-constraints.ts';
import {typeCheck} from './check-types.ts';
import {missedFirst, onItems, patternFirst} from './constraint-evidence.ts';
import {rewordViolations} from './reword-violations.ts';
import {validationError} from './service-error.ts';
import {inputShapeOf} from './shape-table.ts';
import {type ConstraintCheck, type Violation, violationsMax} from './violation.ts';

interface InputCheck {
  types(body: unknown): unknown;
  constraints: ConstraintCheck | undefined;
}

const compiled = new Map<string, InputCheck>();

function checkOf(operation: string): InputCheck {
  let check = compiled.get(operation);
  if (check === undefined) {
    const shape = inputShapeOf(operation);
    check = {
      types: typeCheck(shape, 'element'),
      constraints: constraintCheck(shape, {
        patternFirst: patternFirst.has(operation),
        onItems: onItems.has(operation),
        compiled: new Map(),
      }),
    };
    compiled.set(operation, check);
  }
  return check;
}

/**
 * The two stages that refuse a request by its shape alone. Throws SerializationException for the first wrong JSON type, then
 * ValidationException for all broken constraints together. Changes `body` where AWS reads more than the type says: null
 * and unknown members go, `"true"` becomes true, a null attribute value becomes one without a type.
 */
export function checkInput(operation: string, body: object): void {
  const check = checkOf(operation);
  check.types(body);
  if (missedFirst.has(operation) && (body as {TableName?: string}).TableName === undefined) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
  if (check.constraints === undefined) return;
  const violations: Violation[] = [];
  check.constraints(body, '', violations);
  if (violations.length > 0)
    throw validationError(rewordViolations(operation, body, violations.slice(0, violationsMax)));
}
