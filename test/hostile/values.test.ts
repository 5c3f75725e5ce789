// Texts that are no text, numbers at every edge, and whether they come back as they should.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {onEveryStore, type Target} from '../conformance/server.ts';
import {useTable} from '../conformance/tables.ts';

const nines = (count: number) => '9'.repeat(count);
const unconvertible = /The parameter cannot be converted to a numeric value/;
const precise = /more than 38 significant digits/;
const overflow = /Number overflow/;
const underflow = /Number underflow/;

/** A number as it is sent, and how it is answered or what is said of it. */
const numbers: [string, string | RegExp][] = [
  ['0', '0'],
  ['-0', '0'],
  ['-0.000', '0'],
  ['007', '7'],
  ['+1', '1'],
  ['1.0', '1'],
  ['.5', '0.5'],
  ['5.', '5'],
  [nines(38), nines(38)],
  [`-${nines(38)}`, `-${nines(38)}`],
  [`0.${nines(38)}`, `0.${nines(38)}`],
  [nines(39), precise],
  [`1${'0'.repeat(37)}1`, precise],
  ['1E125', `1${'0'.repeat(125)}`],
  ['9.9999999999999999999999999999999999999E+125', `${nines(38)}${'0'.repeat(88)}`],
  ['1E126', overflow],
  ['-1E126', overflow],
  ['1E-130', `0.${'0'.repeat(129)}1`],
  ['-1E-130', `-0.${'0'.repeat(129)}1`],
  ['1E-131', underflow],
  ['1E999999999', overflow],
  ['1E-999999999', underflow],
  ['1E99999999999999999999999999', unconvertible],
  ['NaN', unconvertible],
  ['Infinity', unconvertible],
  ['-Infinity', unconvertible],
  ['1e', unconvertible],
  ['e1', unconvertible],
  ['1e+', unconvertible],
  ['--1', unconvertible],
  ['.', unconvertible],
  ['', unconvertible],
  [' 1', unconvertible],
  ['1_000', unconvertible],
  ['0x10', unconvertible],
  ['1n', unconvertible],
  ['١', unconvertible],
  // A million digits.
  ['1'.repeat(1_000_000), overflow],
  [`1${'0'.repeat(1_000_000)}`, overflow],
  [`0.${'0'.repeat(1_000_000)}1`, underflow],
  [`0.${'1'.repeat(1_000_000)}`, precise],
  [`${'0'.repeat(1_000_000)}1`, '1'],
  [`1.${'0'.repeat(1_000_000)}`, '1'],
  [`1e${'0'.repeat(1_000_000)}1`, '10'],
  [`1e${'9'.repeat(1_000_000)}`, unconvertible],
];

const put = (target: Target, table: string, attributes: string | Buffer) =>
  target.raw(
    'PutItem',
    Buffer.concat([
      Buffer.from(`{"TableName":"${table}","Item":{"pk":{"S":"a"},`),
      Buffer.from(attributes as string),
      Buffer.from('}}'),
    ]),
  );

onEveryStore('hostile values', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const byNumber = useTable(target, {attributes: {pk: 'N'}, key: ['pk']});

  async function read(): Promise<string> {
    const answer = await target.raw('GetItem', `{"TableName":"${table}","Key":{"pk":{"S":"a"}},"ConsistentRead":true}`);
    return answer.body;
  }

  for (const [sent, expected] of numbers) {
    const shown = sent.length > 50 ? `${sent.slice(0, 8)}… (${sent.length} characters)` : `'${sent}'`;
    test(`the number ${shown}`, async () => {
      const startMs = performance.now();
      const answer = await put(target, table, `"n":{"N":"${sent}"}`);
      if (typeof expected === 'string') {
        assert.equal(answer.status, 200, answer.body.slice(0, 500));
        assert.equal(JSON.parse(await read()).Item.n.N, expected);
        // As a key, every spelling is the same number.
        const item = `{"pk":{"N":"${sent}"}}`;
        assert.equal((await target.raw('PutItem', `{"TableName":"${byNumber}","Item":${item}}`)).status, 200);
        const got = await target.raw('GetItem', `{"TableName":"${byNumber}","Key":{"pk":{"N":"${expected}"}}}`);
        assert.equal(got.body, `{"Item":{"pk":{"N":"${expected}"}}}`);
      } else {
        assert.equal(answer.status, 400);
        assert.match(answer.body.slice(0, 500), expected);
        const inSet = await put(target, table, `"n":{"NS":["1","${sent}"]}`);
        assert.match(inSet.body.slice(0, 500), expected);
      }
      assert.ok(performance.now() - startMs < 5_000);
    });
  }

  test('numbers of JSON are no numbers of DynamoDB', async () => {
    for (const sent of ['1', '-1.5', '1e400', 'true', '[]', '{}']) {
      const answer = await put(target, table, `"n":{"N":${sent}}`);
      assert.equal(answer.status, 400);
      assert.match(answer.body, /SerializationException/);
    }
    for (const sent of ['NaN', 'Infinity', '01', '+1', '0x1', '1e']) {
      const answer = await put(target, table, `"n":{"N":${sent}}`);
      assert.equal(answer.body, '{"__type":"com.amazon.coral.service#SerializationException"}');
    }
  });

  // A body that is not UTF-8 is no JSON: SerializationException without a message (aws-sdk-js#46, aws-sdk-php#1536).
  const notUtf8: [string, number[]][] = [
    ['a byte of Latin-1', [0xe9]],
    ['a continuation byte alone', [0x80]],
    ['half a character', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['0xff', [0xff]],
  ];
  for (const [what, bytes] of notUtf8) {
    test(`not UTF-8: ${what}`, async () => {
      for (const attribute of ['"x":{"S":"?"}', '"?":{"S":"x"}', '"x":{"B":"?"}', '"x":{"?":"x"}']) {
        const [before, behind] = attribute.split('?');
        const sent = Buffer.concat([Buffer.from(before!), Buffer.from(bytes), Buffer.from(behind!)]);
        const answer = await put(target, table, sent);
        assert.equal(answer.status, 400);
        assert.equal(answer.body, '{"__type":"com.amazon.coral.service#SerializationException"}');
      }
    });
  }

  test('half a surrogate pair, spelled as an escape, is stored as what UTF-8 can hold, everywhere alike', async () => {
    const replaced = '\ufffd';
    for (const half of ['\\ud800', '\\udc00', '\\udfff\\ud800']) {
      const text = half
        .split('\\u')
        .slice(1)
        .map(() => replaced)
        .join('');
      const answer = await put(
        target,
        table,
        `"s":{"S":"x${half}y"},"ss":{"SS":["${half}"]},"n${half}":{"M":{"${half}":{"S":""}}}`,
      );
      assert.equal(answer.status, 200, answer.body);
      const {Item} = JSON.parse(await read());
      assert.equal(Item.s.S, `x${text}y`);
      assert.deepEqual(Item.ss.SS, [text]);
      assert.deepEqual(Item[`n${text}`], {M: {[text]: {S: ''}}}, JSON.stringify(Item));
    }
    const pair = await put(target, table, '"s":{"S":"\\ud83d\\ude00"}');
    assert.equal(pair.status, 200);
    assert.equal(JSON.parse(await read()).Item.s.S, '😀');
  });

  test('keys that differ by half a surrogate only are one key, and never two that can not be told apart', async () => {
    await target.raw('PutItem', `{"TableName":"${table}","Item":{"pk":{"S":"k\\ud800"},"v":{"S":"1"}}}`);
    const got = await target.raw('GetItem', `{"TableName":"${table}","Key":{"pk":{"S":"k\\ufffd"}}}`);
    assert.equal(JSON.parse(got.body).Item?.v.S, '1');
  });

  test('NUL, byte order marks and line separators are characters like any', async () => {
    const text = '\u0000\ufeff\u2028\u2029\u007f\u0085';
    const answer = await put(target, table, `${JSON.stringify(text)}:{"S":${JSON.stringify(text)}}`);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(JSON.parse(await read()).Item[text].S, text);
  });
});
