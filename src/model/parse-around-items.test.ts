import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {checkInput} from './check-shape.ts';
import {itemSize} from './item-size.ts';
import {ItemText} from './item-text.ts';
import {type ItemPath, parseAroundItems} from './parse-around-items.ts';
import {parseItem, type WireItem} from './parse-item.ts';
import {parseBody} from './parse-json.ts';
import {bareLayer} from './value-layer.ts';

const put: ItemPath = ['Item'];
const batch: ItemPath = ['RequestItems', '*', '*', 'PutRequest', 'Item'];

const bodyOf = (item: string) => Buffer.from(`{"TableName":"table","Item":${item}}`);
const around = (item: string) =>
  parseAroundItems(bodyOf(item), put) as {TableName: string; Item: ItemText; [name: string]: unknown} | undefined;

/** The text and size of the item as it comes out when the body is parsed whole; undefined where it is refused. */
function asUsual(body: Buffer): {text: string; size: number} | undefined {
  try {
    const wire = parseBody(body) as {Item: WireItem};
    checkInput('PutItem', wire);
    const item = parseItem(wire.Item, bareLayer);
    return {text: JSON.stringify(item), size: itemSize(item)};
  } catch {
    return undefined;
  }
}

function mustBeTaken(item: string): void {
  const read = around(item);
  assert(read?.Item instanceof ItemText, item);
  const usual = asUsual(bodyOf(item));
  assert.equal(read.Item.bytes.toString(), usual?.text);
  assert.equal(read.Item.size, usual?.size);
  assert.equal(JSON.stringify(read.Item), usual?.text);
}

test('what clients send is taken as text: in normal form, nearly, and with white space', () => {
  const item = {
    pk: {S: 'user#1'},
    'é name': {S: 'grüße \u{1f600}\u2028\x7f'},
    controls: {S: '\b\f\r\x01\x1f'},
    text: {S: 'two\nlines, "quoted" \\ \t'},
    empty: {S: ''},
    count: {N: '-12.5'},
    price: {N: '19.90'},
    large: {N: '1e20'},
    binary: {B: 'AAE='},
    yes: {BOOL: true},
    no: {BOOL: false},
    none: {NULL: true},
    tags: {SS: ['a', 'b', 'ba']},
    more: {SS: ['b', 'a']},
    numbers: {NS: ['2', '1']},
    binaries: {BS: ['/w==', 'AA==']},
    list: {L: [{S: 'a'}, {L: []}, {M: {}}]},
    map: {M: {name: {S: 'a'}, inner: {M: {n: {N: '1'}}}}},
    __proto__x: {S: 'a'},
  };
  mustBeTaken(JSON.stringify(item));
  mustBeTaken(JSON.stringify(item, undefined, 2));
  mustBeTaken(JSON.stringify(item).replaceAll('":', '": ').replaceAll(',"', ', "'));
  mustBeTaken('{}');
  mustBeTaken('{"a":{"S":"\\/\\u0041"},"b":{"B":"AAE\\u003d"}}');
  mustBeTaken('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}');
  // As Python writes what is not ASCII.
  mustBeTaken('{"a":{"S":"gr\\u00fc\\u00dfe"},"b":{"SS":["\\u00e9"]}}');
});

test('what stands around items is parsed as ever', () => {
  const condition =
    '"ConditionExpression":"attribute_not_exists(pk)","ExpressionAttributeValues":{":v":{"S":"Item\\""}}';
  const read = parseAroundItems(Buffer.from(`{"Item":{"pk":{"S":"a"}},${condition},"TableName":"table"}`), put);
  assert.deepEqual({...read, Item: undefined}, {...JSON.parse(`{${condition},"TableName":"table"}`), Item: undefined});
});

test('the items of a batch are cut out wherever they are', () => {
  const requests =
    '[{"PutRequest":{"Item":{"a":{"S":"1"}}}},{"DeleteRequest":{"Key":{"a":{"S":"2"}}}},{"PutRequest":{"Item":{}}}]';
  const read = parseAroundItems(Buffer.from(`{"RequestItems":{"__proto__":${requests},"b":${requests}}}`), batch);
  assert.equal(JSON.stringify(read), `{"RequestItems":{"__proto__":${requests},"b":${requests}}}`);
  const tables = (read as {RequestItems: Record<string, {PutRequest: {Item: unknown}}[]>}).RequestItems;
  for (const writes of Object.values(tables))
    for (const at of [0, 2]) assert(writes[at]!.PutRequest.Item instanceof ItemText);
});

test('white space on the way to an item hides it from nobody', () => {
  const item = '{"pk": {"S": "a"}, "toString": {"S": "x"}}';
  const spaced = `{"RequestItems": {"table": [{"PutRequest": {"Item": ${item}}}, {"DeleteRequest": {"Key": {}}}]}}`;
  const read = parseAroundItems(Buffer.from(spaced), batch);
  assert.equal(JSON.stringify(read), JSON.stringify(JSON.parse(spaced)));
  const [first] = (read as {RequestItems: {table: {PutRequest: {Item: unknown}}[]}}).RequestItems.table;
  assert(first!.PutRequest.Item instanceof ItemText);
  // What is no item never becomes somebody else's.
  for (const other of ['0', ' 0', '[0]', 'null', '"0"', '{"S":0}']) {
    const body = `{"RequestItems":{"a":[{"PutRequest":{"Item":{"pk":{"S":"secret"}}}}],"b": [{"PutRequest":{"Item":${other}}}]}}`;
    assert.equal(parseAroundItems(Buffer.from(body), batch), undefined, body);
  }
});

test('what is unusual is left to who knows all about it', () => {
  const deep = (levels: number) => `${'{"a":{"M":'.repeat(levels)}{}${'}}'.repeat(levels)}`;
  for (const item of [
    ...['', '5', 'null', '[]', '"a"', '{', '{"a"}', '{"a":}', '{"a":{}}', '{"a":{"S":1}}', '{"a":{"S":"a"},}', '{,}'],
    ...['{"a":{"S":"a"} "b":{"S":"b"}}', '{"a":{"BOOL":tr ue}}', '{"a":{"S":"a","N":"1"}}'],
    ...['{"a":{"S":"a"},"a":{"S":"b"}}', '{"b":{"S":"a"},"1":{"S":"b"}}', '{"":{"S":"a"}}', '{"a\\n":{"S":"a"}}'],
    ...['{"a":{"N":"x"}}', '{"a":{"SS":[]}}', '{"a":{"SS":["a","a"]}}', '{"a":{"B":"A"}}', '{"a":{"NULL":false}}'],
    ...['{"a":{"S":"a","L":[{"S":"a"}],"S":null}}', '{"a":{"S":"a","Z":[[]]}}', '{"a":{"SS":["a"],"SS":["b"]}}'],
    ...[
      '{"a":{"SS":["a",1]}}',
      '{"a":{"SS":["a" "b"]}}',
      '{"a":{"S":["a"]}}',
      '{"a":{"SS":"a"}}',
      '{"a":{"S":"a\\x"}}',
    ],
    ...['{"a":{"S":"\n"}}', '{"a":{"M":{"b":{"S":"a"},"b":{"S":"a"}}}}', '{"a":{"X":"a"}}', '{"a":{"L":[{"S":"a"},]}}'],
    ...[deep(40), `{"a":{"S":"${'x'.repeat(409_600)}"}}`],
  ]) {
    assert.equal(around(item), undefined, item.slice(0, 100));
  }
  // Sound items, and around them no JSON.
  for (const body of ['{"Item":{}}}', '{"Item":{},"a":x}', '{"Item":{},"a":"\\x"}', '{"Item":{},}', '{"Item":{}']) {
    assert.throws(
      () => parseAroundItems(Buffer.from(body), put) ?? parseBody(Buffer.from(body)),
      {code: 'SerializationException'},
      body,
    );
  }
  assert.equal(parseAroundItems(Buffer.from('{"TableName":"a","Item":5,"Item":{}}'), put), undefined);
  assert.equal(parseAroundItems(Buffer.from('{"Item":{"a":{"S":"\xff"}}}', 'latin1'), put), undefined);
  assert.equal(parseAroundItems(Buffer.from('[{"Item":{}}]'), put), undefined);
});

test('half a body is no body, wherever it ends', () => {
  const item = '{"a":{"S":"\\n\\u00e9\\/é"},"b":{"SS":["x","y"]},"c":{"M":{"d":{"L":[{"N":"1.50"},{"BOOL":true}]}}}}';
  for (const body of [bodyOf(item), Buffer.from(`{ "Item" : ${item.replaceAll(':', ' : ')} }`)]) {
    assert.notEqual(parseAroundItems(body, put), undefined);
    for (let length = 0; length < body.length; length++) {
      const half = body.subarray(0, length);
      assert.throws(() => parseAroundItems(half, put) ?? parseBody(half), {code: 'SerializationException'});
    }
  }
});

test('of many names none stands twice', () => {
  const attributes = Array.from({length: 100}, (_, at) => `"name ${at}":{"S":""}`);
  const whole = (parts: string[]) => `{${parts.join()}}`;
  mustBeTaken(whole(attributes));
  mustBeTaken(`{"m":{"M":${whole(attributes)}},"n":{"M":${whole(attributes)}}}`);
  for (const [first, second] of [
    [0, 20],
    [0, 99],
    [40, 41],
    [98, 99],
  ] as const) {
    const doubled = attributes.with(second, attributes[first]!);
    assert.equal(around(whole(doubled)), undefined);
    assert.equal(around(`{"m":{"L":[{"M":${whole(doubled)}}]}}`), undefined);
  }
});

test('attributes are picked out of a text', () => {
  const text = '{"a":{"S":"x\\"y"},"bé":{"N":"1"},"__proto__":{"S":"p"},"c":{"M":{"d":{"S":"inner"}}},"d":{"S":"z"}}';
  const {Item} = around(text)!;
  assert.deepEqual(Item.pick(['d', 'a', 'missing']), {a: {S: 'x"y'}, d: {S: 'z'}});
  assert.deepEqual(Item.pick(['bé']), {bé: {N: '1'}});
  assert.equal(JSON.stringify(Item.pick(['__proto__'])), '{"__proto__":{"S":"p"}}');
  assert.deepEqual(around('{}')!.Item.pick(['a']), {});
  const many = Array.from({length: 9}, (_, at) => `n${at}`);
  assert.deepEqual(Item.pick(many.slice(1)), {});
  assert.equal(Item.pick(many), undefined);
});

// What is taken is what it would have become; and it is no request that would have been refused.
test('items as text are the same as items that were read', () => {
  const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', '0', 'é'), fc.string({unit: 'grapheme', maxLength: 4}));
  const text = fc.oneof(fc.constantFrom('', 'a', '\\', '"', '\n', '\ud800'), fc.string({unit: 'binary', maxLength: 6}));
  const number = fc.oneof(fc.constantFrom('0', '-0', '1.50', '007', '1e3', 'x', ''), fc.integer().map(String));
  const {item} = fc.letrec(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      text.map(S => ({S})),
      number.map(N => ({N})),
      fc.constantFrom(
        {B: 'AAE='},
        {B: 'A'},
        {BOOL: true},
        {BOOL: 'true'},
        {NULL: true},
        {NULL: false},
        {},
        {S: 'a', N: '1'},
        null,
      ),
      fc.array(text, {maxLength: 3}).map(SS => ({SS})),
      fc.array(number, {maxLength: 3}).map(NS => ({NS})),
      fc.array(tie('value'), {maxLength: 3}).map(L => ({L})),
      tie('item').map(M => ({M})),
    ),
    item: fc.array(fc.tuple(name, tie('value')), {maxLength: 4}).map(entries => Object.fromEntries(entries)),
  }));
  const spelled = fc
    .tuple(item, fc.constantFrom(undefined, 1, '\t'), fc.nat(400), fc.constantFrom('', ' ', '"', '}', 'x', ','))
    .map(([value, indent, at, oddity]) => {
      const whole = `{"TableName":"table","Item":${JSON.stringify(value, undefined, indent)}}`;
      return at < whole.length && at % 3 === 0 ? whole.slice(0, at) + oddity + whole.slice(at) : whole;
    });
  let taken = 0;
  fc.assert(
    fc.property(spelled, whole => {
      const body = Buffer.from(whole);
      let read: object | undefined;
      try {
        read = parseAroundItems(body, put);
        if (read) checkInput('PutItem', read);
      } catch {
        assert.equal(asUsual(body), undefined);
        return;
      }
      const found = read && (read as {Item?: unknown}).Item;
      if (!(found instanceof ItemText)) return;
      taken++;
      const usual = asUsual(body);
      assert.equal(found.bytes.toString(), usual?.text);
      assert.equal(found.size, usual?.size);
      const names = Object.keys(JSON.parse(usual!.text)).slice(1);
      const expected = Object.entries(JSON.parse(usual!.text)).filter(([one]) => names.includes(one));
      assert.equal(JSON.stringify(found.pick(names)), JSON.stringify(Object.fromEntries(expected)));
    }),
    fuzzRuns,
  );
  assert(taken > fuzzRuns.numRuns / 20, `${taken} were taken`);
});
