import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {
  isNestedTooDeep,
  nestingMessage,
  parseAttributeValue,
  parseExpressionValues,
  parseItem,
  type WireItem,
  type WireValue,
} from './parse-item.ts';
import {ServiceError} from './service-error.ts';
import {bareLayer, envelopedLayer, olderLayer} from './value-layer.ts';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'ValidationException');
    return error.message;
  }
  return '(accepted)';
}

const inItem = (value: unknown, layer = bareLayer) => refusal(() => parseItem({a: value as WireValue}, layer));
const invalid = 'One or more parameter values were invalid: ';
const empty = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const several =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';

test('a good item comes back as the same object, numbers in normal form and sets in order', () => {
  const item: WireItem = {
    s: {S: ''},
    n: {N: '001.50'},
    b: {B: ''},
    t: {BOOL: false},
    z: {NULL: true},
    ss: {SS: ['b', '', 'a']},
    ns: {NS: ['10', '9e0', '-1.0']},
    bs: {BS: ['/w==', '', 'AA==']},
    l: {L: [{N: '1e2'}, {M: {}}, {L: []}]},
    m: {M: {x: {M: {y: {N: '+7'}}}}},
  };
  const parsed = parseItem(item, envelopedLayer);
  assert.equal(parsed, item);
  assert.deepEqual(parsed, {
    s: {S: ''},
    n: {N: '1.5'},
    b: {B: ''},
    t: {BOOL: false},
    z: {NULL: true},
    ss: {SS: ['', 'a', 'b']},
    ns: {NS: ['-1', '9', '10']},
    bs: {BS: ['', 'AA==', '/w==']},
    l: {L: [{N: '100'}, {M: {}}, {L: []}]},
    m: {M: {x: {M: {y: {N: '7'}}}}},
  });
});

test('every value has exactly one known type', () => {
  for (const value of [{}, {a: ''}, {M: {a: {}}}, {L: [{}]}, {L: [{a: ''}]}, {S: null}]) {
    assert.equal(inItem(value), empty);
  }
  assert.equal(inItem({S: 'a', N: '1'}), several);
  assert.equal(inItem({L: [{S: 'a', NULL: true}]}), several);
  // What is wrong with a member comes first.
  assert.equal(inItem({S: '', N: ''}), 'The parameter cannot be converted to a numeric value: ');
  assert.equal(inItem({S: 'a', N: 'b'}), 'The parameter cannot be converted to a numeric value: b');
  const nothing = 'The supplied Item contains a null AttributeValue';
  assert.equal(inItem({L: [null]}), nothing);
  assert.equal(inItem({M: {x: null}}), `${nothing}: x is null`);
  assert.equal(inItem(null), `${nothing}: a is null`);
  // Null and unknown members count as absent, and are dropped.
  const item = {a: {S: 'x', N: null, other: 1}, l: {L: [{N: '01', other: ''}]}} as unknown as WireItem;
  assert.deepEqual(parseItem(item, bareLayer), {a: {S: 'x'}, l: {L: [{N: '1'}]}});
});

test('what a value of each type may not be', () => {
  assert.equal(inItem({NULL: false}), `${invalid}Null attribute value types must have the value of true`);
  assert.equal(inItem({SS: []}), `${invalid}An string set  may not be empty`);
  assert.equal(inItem({NS: []}), `${invalid}An number set  may not be empty`);
  assert.equal(inItem({BS: []}), `${invalid}Binary sets should not be empty`);
  const withNull = [null] as unknown as string[];
  assert.equal(inItem({SS: withNull}), `${invalid}An string set may not have a null string as a member`);
  assert.equal(inItem({NS: withNull}), `${invalid}An number set may not have a null string as a member`);
  assert.match(String(inItem({BS: withNull})), /^Supplied AttributeValue is empty/);
  assert.equal(inItem({M: {a: {L: [{SS: []}]}}}), `${invalid}An string set  may not be empty`);
});

test('duplicate members: wording of each layer', () => {
  const sets = () => [{SS: ['b', 'a', 'b']}, {BS: ['/w==', 'AA==', 'AA==']}, {NS: ['2', '1', '2.0']}];
  const current = [
    `${invalid}Input collection ["a", "b", "b"] contains duplicates.`,
    `${invalid}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
    `${invalid}Input collection contains duplicates.`,
  ];
  const older = [
    `${invalid}Input collection [b, a, b] contains duplicates.`,
    `${invalid}Input collection [/w==, AA==, AA==]of type BS contains duplicates.`,
    'Input collection contains duplicates',
  ];
  const envelope = '1 validation error detected: ';
  assert.deepEqual(
    sets().map(set => inItem(set)),
    current,
  );
  assert.deepEqual(
    sets().map(set => inItem(set, envelopedLayer)),
    current.map(message => envelope + message),
  );
  assert.deepEqual(
    sets().map(set => inItem(set, olderLayer)),
    older,
  );
  assert.deepEqual(
    sets().map(set => refusal(() => parseExpressionValues({':t': set}, olderLayer))),
    older.map(message => `ExpressionAttributeValues contains invalid value: ${message} for key :t`),
  );
  assert.deepEqual(
    sets().map(set => refusal(() => parseExpressionValues({':t': set}, bareLayer))),
    current,
  );
});

test('numbers: wording of each layer', () => {
  const shapes = ['abc', '', '1e126', '1e2147483647'];
  const nan = 'The parameter cannot be converted to a numeric value';
  const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
  const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
  const current = [`${nan}: abc`, `${nan}: `, overflow, overflow];
  const older = [`${nan}: abc`, nan, overflow, underflow];
  for (const wrap of [
    (text: string) => ({N: text}),
    (text: string) => ({NS: ['1', text]}),
    (text: string) => ({M: {x: {L: [{N: text}]}}}),
  ]) {
    assert.deepEqual(
      shapes.map(text => inItem(wrap(text), envelopedLayer)),
      current.map(message => `1 validation error detected: ${message}`),
    );
    assert.deepEqual(
      shapes.map(text => inItem(wrap(text), olderLayer)),
      older,
    );
  }
});

function deep(levels: number, leaf: WireValue = {S: 'leaf'}): WireValue {
  let value = leaf;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? {M: {n: value}} : {L: [value]};
  return value;
}

test('the deepest leaf is at level 32', () => {
  assert.equal(inItem(deep(31)), '(accepted)');
  assert.equal(inItem(deep(32)), nestingMessage);
  assert.equal(inItem(deep(31, {M: {}})), nestingMessage);
  assert.equal(inItem(deep(100_000)), nestingMessage);
  // The older layer counts the value of an expression as one level less (paritysuite nestingDepth, TransactWriteItems).
  const values = (levels: number, layer = olderLayer) =>
    refusal(() => parseExpressionValues({':v': deep(levels)}, layer));
  assert.equal(values(31, envelopedLayer), '(accepted)');
  assert.equal(values(32, envelopedLayer), `1 validation error detected: ${nestingMessage}`);
  assert.equal(values(32), '(accepted)');
  assert.equal(values(40), `ExpressionAttributeValues contains invalid value: ${nestingMessage} for key :v`);
  assert.equal(isNestedTooDeep({a: parseAttributeValue(deep(31), bareLayer)}), false);
  assert.equal(isNestedTooDeep({a: parseAttributeValue(deep(32), olderLayer)}), true);
});

test('names: empty ones are refused, at the top before any value', () => {
  assert.equal(
    refusal(() => parseItem({d: deep(100), '': {S: 'x'}}, olderLayer)),
    'Empty attribute name',
  );
  assert.equal(
    refusal(() => parseItem({m: {M: {'': {S: 'x'}, d: deep(40)}}}, olderLayer)),
    nestingMessage,
  );
  assert.equal(
    refusal(() => parseItem({m: {M: {'': {S: 'x'}}}, d: deep(40)}, olderLayer)),
    nestingMessage,
  );
  assert.equal(
    refusal(() => parseItem({m: {M: {'': {S: 'x'}}}, n: {N: 'x'}}, olderLayer)),
    'Empty attribute name',
  );
  assert.equal(
    refusal(() => parseItem({['n'.repeat(65_536)]: {S: 'x'}}, bareLayer)),
    'Attribute name is too large, must be less than 65536 bytes',
  );
});

test('__proto__ is a name like any other', () => {
  const text = '{"__proto__":{"N":"01","other":1},"constructor":{"M":{"__proto__":{"L":[{"N":"1.0"}]}}}}';
  const item = parseItem(JSON.parse(text), bareLayer);
  assert.equal(JSON.stringify(item), '{"__proto__":{"N":"1"},"constructor":{"M":{"__proto__":{"L":[{"N":"1"}]}}}}');
});

test('half a surrogate pair becomes U+FFFD, so that text and its UTF-8 agree', () => {
  assert.deepEqual(parseItem({a: {S: 'x\ud800y'}, b: {SS: ['\udc00', 'a']}}, bareLayer), {
    a: {S: 'x\ufffdy'},
    b: {SS: ['a', '\ufffd']},
  });
});

test('anything JSON either parses, to a fixed point, or is refused', () => {
  const tags = fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS', 'other');
  const text = fc.oneof(fc.string(), fc.constantFrom('1', '0', '1.0', 'AA==', '1e3'));
  const {value} = fc.letrec<{value: WireValue}>(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      text.map(S => ({S})),
      text.map(N => ({N})),
      fc.array(text).map(NS => ({NS})),
      fc.array(text).map(SS => ({SS})),
      fc.boolean().map(NULL => ({NULL})),
      fc.array(tie('value')).map(L => ({L})),
      fc.dictionary(fc.string(), tie('value')).map(M => ({M})),
      fc.dictionary(tags, fc.constant(null)).map(nothing => ({...nothing, S: 'x'})),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.constantFrom(bareLayer, olderLayer), (item, layer) => {
      if (refusal(() => parseItem(item as WireItem, layer)) !== '(accepted)') return;
      const once = JSON.stringify(item);
      assert.equal(JSON.stringify(parseItem(JSON.parse(once), layer)), once);
    }),
    fuzzRuns,
  );
});
