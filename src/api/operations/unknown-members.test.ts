import assert from 'node:assert/strict';
import {test} from 'node:test';
import {checkInput} from '../../model/check-shape.ts';
import {getItemOperation} from './get-item.ts';
import {scanOperation} from './scan.ts';

const caller = {accessKeyId: 'a', region: 'us-east-1', accountId: '000000000000'};

// Operations share how expressions and legacy parameters are read, but not all of them have all of those members.
test('a member that an operation does not have is not read, whatever it holds', () => {
  for (const unknown of [false, 7, {a: 1}, [null], 'a = :a']) {
    const members = {
      UpdateExpression: unknown,
      ConditionExpression: unknown,
      Expected: unknown,
      AttributeUpdates: unknown,
    };
    const get = {
      TableName: 'table',
      Key: {p: {S: 'a'}},
      KeyConditionExpression: unknown,
      ScanFilter: unknown,
      ...members,
    };
    checkInput('GetItem', get);
    assert.equal(getItemOperation.parse(get as never, caller).request.table.name, 'table');
    const scan = {TableName: 'table', KeyConditionExpression: unknown, QueryFilter: unknown, ...members};
    checkInput('Scan', scan);
    assert.equal(scanOperation.parse(scan as never, caller).request.filter, undefined);
  }
});
