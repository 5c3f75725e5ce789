import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tableRefOf} from './table-ref.ts';

const caller = {accessKeyId: 'test', region: 'eu-west-2', accountId: '000000000000'};
const refOf = (text: string) => tableRefOf(text, caller);
const arn = 'arn:aws:dynamodb:eu-west-2:000000000000:table/abc';

test('a name and an ARN mean the same table', () => {
  assert.deepEqual(refOf('abc'), {region: 'eu-west-2', name: 'abc'});
  assert.deepEqual(refOf(arn), refOf('abc'));
});

test('ARNs that mean something else never reach a table of the same name', () => {
  assert.throws(() => refOf(arn.replace('eu-west-2', 'us-east-1')), {code: 'ResourceNotFoundException'});
  assert.throws(() => refOf(arn.replace('000000000000', '111122223333')), {code: 'AccessDeniedException'});
  for (const part of ['/index/by-a', '/stream/2026-01-01T00:00:00.000', '/x']) {
    assert.throws(() => refOf(arn + part), /Invalid TableArn: Invalid ResourceArn provided as input arn:/);
  }
});
