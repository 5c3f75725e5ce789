// Refusals of the parameters that expressions replaced. Captured in eu-west-2 and us-east-1, 2026-10-09
// (paritysuite/dynamodb-conformance tests/tier3/error-messages/{putItem,deleteItem,valueLayers}).
import {test} from 'node:test';
import {invalid, one} from './answers.ts';
import {onEveryStore, type Target} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

type Operation = 'putItem' | 'deleteItem';
type Extra = Record<string, unknown>;

const key = {pk: S('a')};
const base: Record<Operation, Extra> = {putItem: {Item: key}, deleteItem: {Key: key}};
const wrong = 'One or more parameter values were invalid: ';
const send = (db: Target['db'], operation: Operation, input: Extra): Promise<unknown> =>
  (db[operation] as (input: unknown) => Promise<unknown>)(input);

onEveryStore('refused legacy conditions', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});

  const conditions: [what: string, Extra, message: string][] = [
    ['Exists without a value', {Exists: true}, 'Value must be provided when Exists is true for Attribute: a'],
    [
      'a value that must not exist',
      {Exists: false, Value: S('x')},
      'Value cannot be used when Exists is false for Attribute: a',
    ],
    [
      'a value and a list',
      {Value: S('x'), ComparisonOperator: 'EQ', AttributeValueList: [S('x')]},
      'Value and AttributeValueList cannot be used together for Attribute: a',
    ],
    [
      'an operator without a value',
      {ComparisonOperator: 'EQ'},
      'Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a',
    ],
    [
      'BETWEEN with one bound',
      {ComparisonOperator: 'BETWEEN', AttributeValueList: [S('x')]},
      'Invalid number of argument(s) for the BETWEEN ComparisonOperator',
    ],
  ];
  for (const [what, condition, message] of conditions) {
    for (const operation of ['putItem', 'deleteItem'] as const) {
      test(`${operation}: Expected with ${what}`, () =>
        invalid(
          send(target.db, operation, {TableName: table, ...base[operation], Expected: {a: condition}}),
          one(wrong + message),
        ));
    }
  }

  test('a number is refused in Expected and AttributeUpdates as well', async () => {
    const bad = N('abc');
    const message = one('The parameter cannot be converted to a numeric value: abc');
    await invalid(target.db.putItem({TableName: table, Item: key, Expected: {n: {Value: bad}}}), message);
    const updates = {n: {Action: 'PUT', Value: bad}} as const;
    await invalid(target.db.updateItem({TableName: table, Key: key, AttributeUpdates: updates}), message);
  });
});
