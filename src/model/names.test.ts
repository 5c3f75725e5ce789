import assert from 'node:assert/strict';
import {test} from 'node:test';
import {indexArn, parseTableReference, tableArn} from './names.ts';

const arn = 'arn:aws:dynamodb:eu-west-2:000000000000:table/abc';

test('a name or the ARN of a table', () => {
  assert.deepEqual(parseTableReference('a.b-c_1'), {table: 'a.b-c_1'});
  assert.deepEqual(parseTableReference(arn), {table: 'abc', region: 'eu-west-2', account: '000000000000'});
});

test('ARNs of indexes and streams', () => {
  const place = {table: 'abc', region: 'eu-west-2', account: '000000000000'};
  assert.deepEqual(parseTableReference(`${arn}/index/by-a`), {...place, index: 'by-a'});
  const stream = '2026-01-01T00:00:00.000';
  assert.deepEqual(parseTableReference(`${arn}/stream/${stream}`), {...place, stream});
  for (const text of ['arn:aws:s3:::abc', `${arn}/x/y`]) {
    assert.throws(() => parseTableReference(text), /Invalid TableArn: Invalid ResourceArn provided as input arn:/);
  }
});

test('names of wrong length or letters', () => {
  for (const name of ['', 'ab', 'a'.repeat(256)])
    assert.throws(() => parseTableReference(name), /at least 3 characters/);
  assert.throws(() => parseTableReference('a b'), /regular expression pattern: \[a-zA-Z0-9_\.-\]\+/);
});

test('written ARNs are read again', () => {
  const {table} = parseTableReference('abc');
  assert.equal(tableArn('eu-west-2', '000000000000', table), arn);
  const index = indexArn('eu-west-2', '000000000000', table, 'by-a');
  assert.equal(parseTableReference(index).index, 'by-a');
});
