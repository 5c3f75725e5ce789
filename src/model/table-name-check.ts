import {isArn, nameLengthMax, nameLengthMin, namePattern, namePatternText} from './names.ts';
import {type ConstraintCheck, violation} from './violation.ts';

/**
 * A table's name where an ARN may stand as well. The model allows both (1 to 1024 characters); a text that is no ARN is held
 * to the rules of a name, in the same message as the other members, length before pattern: ack-api-quirks DDB-TABLE-457
 * for tables, moto's aws_verified test of UpdateItem with `x!` for items. An empty name is only too short for the
 * operations on items.
 */
export function tableNameCheck(emptyIsOnlyTooShort: boolean): ConstraintCheck {
  return (value, path, violations) => {
    const name = value as string;
    const add = (constraint: string) => violations.push(violation(path, name, constraint));
    if (isArn(name)) {
      if (name.length > 1024) add('Member must have length less than or equal to 1024');
      return;
    }
    if (emptyIsOnlyTooShort && name === '') {
      add('Member must have length greater than or equal to 1');
      return;
    }
    if (name.length > nameLengthMax) add(`Member must have length less than or equal to ${nameLengthMax}`);
    if (name.length < nameLengthMin) add(`Member must have length greater than or equal to ${nameLengthMin}`);
    if (!namePattern.test(name)) add(`Member must satisfy regular expression pattern: ${namePatternText}`);
  };
}
