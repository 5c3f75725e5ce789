// Expressions made to cost more than they may: each is answered in time, and none with 500.
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {onEveryStore} from '../conformance/server.ts';
import {useTable} from '../conformance/tables.ts';
import {scale} from './attack.ts';

const sizeMax = 4_096;
const msMax = 5_000;
const unused = Math.min(30_000 * scale, 300_000);
const fill = (start: string, part: string, end = '') => {
  const times = Math.floor((sizeMax - start.length - end.length) / part.length);
  return start + part.repeat(times) + end;
};
const nested = (open: string, inner: string, close: string) => {
  const times = Math.floor((sizeMax - inner.length) / (open.length + close.length));
  return open.repeat(times) + inner + close.repeat(times);
};

const conditions: Record<string, string> = {
  'nothing but opening brackets': '('.repeat(sizeMax),
  'nested brackets': nested('(', 'attribute_exists(s)', ')'),
  'NOT after NOT': fill('', 'NOT ', 'attribute_exists(s)'),
  'nested NOT': nested('NOT(', 'attribute_exists(s)', ')'),
  'many operators': fill('s = :v', ' OR s = :v'),
  'operators in brackets': nested('(', 's = :v', ' OR s = :v)'),
  'a long IN': fill('s IN (:v', ',:v', ')'),
  'a deep path': fill('attribute_exists(s', '.s', ')'),
  'a path of indexes': fill('attribute_exists(s', '[0]', ')'),
  'an index beyond all numbers': `attribute_exists(s[${'9'.repeat(4_000)}])`,
  'nested sizes': nested('size(', 's', ')'),
  'a long name': `attribute_exists(${'n'.repeat(4_000)})`,
  'operators without operands': 'AND '.repeat(1_000),
  commas: ','.repeat(sizeMax),
  'half a placeholder': '#'.repeat(sizeMax),
  'too long by one': `s = :v${' '.repeat(sizeMax - 5)}`,
  'a megabyte': `s = :v${' '.repeat(1_000_000)}`,
};

onEveryStore('expression bombs', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const half = 'a'.repeat(100_000);
  before(() => target.db.putItem({TableName: table, Item: {pk: {S: 'a'}, s: {S: half.repeat(3)}}}));

  async function inTime(operation: string, input: object): Promise<{status: number; body: string}> {
    const startMs = performance.now();
    const answer = await target.raw(operation, JSON.stringify({TableName: table, ...input}));
    assert.ok(performance.now() - startMs < msMax, `${performance.now() - startMs} ms`);
    assert.ok([200, 400].includes(answer.status), answer.body);
    return answer;
  }
  const Key = {pk: {S: 'a'}};
  const value = {ExpressionAttributeValues: {':v': {S: 'x'}}};

  for (const [what, text] of Object.entries(conditions)) {
    test(what, async () => {
      const values = text.includes(':v') ? value : {};
      const asked = await inTime('DeleteItem', {Key: {pk: {S: 'none'}}, ConditionExpression: text, ...values});
      if (text.length > sizeMax) assert.match(asked.body, /Expression size has exceeded the maximum allowed size/);
      await inTime('Scan', {FilterExpression: text, ...values});
      await inTime('UpdateItem', {Key, UpdateExpression: `SET x = ${text}`, ...values});
      await inTime('GetItem', {Key, ProjectionExpression: text});
      await inTime('Query', {KeyConditionExpression: text, ...values});
      await inTime('ExecuteStatement', {TableName: undefined, Statement: `SELECT * FROM "${table}" WHERE ${text}`});
    });
  }

  test('three hundred searches for what is nearly there', async () => {
    const part = `${half.slice(0, 50_000)}b${half.slice(0, 50_000)}`;
    const FilterExpression = Array(99).fill('contains(s, :v)').join(' OR ');
    const {body} = await inTime('Scan', {FilterExpression, ExpressionAttributeValues: {':v': {S: part}}});
    assert.equal(JSON.parse(body).Count, 0);
  });

  test('thousands of names and values that no expression uses', async () => {
    const names = Object.fromEntries(Array.from({length: unused}, (_, count) => [`#n${count}`, 'a']));
    const asked = await inTime('GetItem', {Key, ProjectionExpression: '#n1', ExpressionAttributeNames: names});
    assert.equal(asked.status, 400);
    const values = Object.fromEntries(Array.from({length: unused}, (_, count) => [`:v${count}`, {S: ''}]));
    const scanned = await inTime('Scan', {FilterExpression: 's = :v1', ExpressionAttributeValues: values});
    assert.equal(scanned.status, 400);
  });

  test('a projection of everything, again and again', async () => {
    await inTime('GetItem', {Key, ProjectionExpression: fill('a0', ',a0')});
    await inTime('GetItem', {Key, AttributesToGet: Array.from({length: 200_000}, (_, count) => `a${count}`)});
  });
});
