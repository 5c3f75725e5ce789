import assert from 'node:assert/strict';
import {test} from 'node:test';
import {hostsOf} from './hosts-of.ts';

const rows: [string, string[]][] = [
  ['postgres://u@h/db', ['postgres://u@h/db']],
  ['postgres://u:p%40@a:1,b:2/db', ['postgres://u:p%40@a:1/db', 'postgres://u:p%40@b:2/db']],
  [
    'postgresql://a,b,c/db?sslmode=require&target_session_attrs=read-write',
    ['a', 'b', 'c'].map(host => `postgresql://${host}/db?sslmode=require`),
  ],
  ['postgres://u@[::1]:1,[::2]:3/db', ['postgres://u@[::1]:1/db', 'postgres://u@[::2]:3/db']],
  [
    'postgres://u@localhost/db?host=/a,/b',
    ['postgres://u@localhost/db?host=%2Fa', 'postgres://u@localhost/db?host=%2Fb'],
  ],
  ['postgres://u@/db?host=a,b&port=1,2', ['postgres://u@/db?host=a&port=1', 'postgres://u@/db?host=b&port=2']],
  ['postgres://u@a,b/db?port=7', ['postgres://u@a/db?port=7', 'postgres://u@b/db?port=7']],
  ['postgres://u@a,b', ['postgres://u@a', 'postgres://u@b']],
  [
    'postgres://u@h/db?application_name=mine&fallback_application_name=mine&sslmode=require',
    ['postgres://u@h/db?sslmode=require'],
  ],
];

for (const [url, expected] of rows) test(`the servers of ${url}`, () => assert.deepEqual(hostsOf(url), expected));

test('ports that fit no host are refused', () => {
  assert.throws(() => hostsOf('postgres://u@a,b/db?port=1,2,3'), /as many ports as hosts/);
});
