import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {ServiceError} from '../model/service-error.ts';
import {bareLayer, envelopedLayer, olderLayer} from '../model/value-layer.ts';
import {bindExpressions, type ExpressionRequest} from './bind.ts';

type Values = Record<string, AttributeValue>;

function refusal(request: ExpressionRequest, layer = bareLayer, valueExpressions = ['FilterExpression']): string {
  try {
    bindExpressions(structuredClone(request), layer, valueExpressions);
  } catch (error) {
    assert.ok(error instanceof ServiceError && error.code === 'ValidationException', String(error));
    return error.message;
  }
  return '(accepted)';
}

function filterRefusal(filterExpression: string, values?: Values, names?: Record<string, string>): string {
  return refusal({filterExpression, expressionAttributeValues: values, expressionAttributeNames: names});
}

function updateRefusal(updateExpression: string, values?: Values, names?: Record<string, string>): string {
  return refusal({updateExpression, expressionAttributeValues: values, expressionAttributeNames: names});
}

const invalidFilter = 'Invalid FilterExpression: ';
const invalidUpdate = 'Invalid UpdateExpression: ';

test('syntax errors show the token and its neighbours', () => {
  const rows: [ExpressionRequest, string][] = [
    [
      {updateExpression: 'INVALID SYNTAX HERE'},
      'UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    ],
    [{updateExpression: 'set  0 = :a'}, 'UpdateExpression: Syntax error; token: "0", near: "set  0 ="'],
    [{updateExpression: 'SET _123 = :v'}, 'UpdateExpression: Syntax error; token: "_", near: "SET _123"'],
    [{updateExpression: 'SET path = VALUE 1'}, 'UpdateExpression: Syntax error; token: "1", near: "VALUE 1"'],
    [{projectionExpression: '!!! INVALID !!!'}, 'ProjectionExpression: Syntax error; token: "!", near: "!!"'],
    [{conditionExpression: 'a = = b'}, 'ConditionExpression: Syntax error; token: "=", near: "= = b"'],
    [{conditionExpression: 'attribute_not_exists('}, 'ConditionExpression: Syntax error; token: "<EOF>", near: "("'],
    [{conditionExpression: 'attribute_type()'}, 'ConditionExpression: Syntax error; token: ")", near: "()"'],
    [{conditionExpression: 'foo'}, 'ConditionExpression: Syntax error; token: "<EOF>", near: "foo"'],
    [{keyConditionExpression: 'id = :hashId a'}, 'KeyConditionExpression: Syntax error; token: "a", near: ":hashId a"'],
  ];
  for (const [request, message] of rows) assert.equal(refusal(request), `Invalid ${message}`);
});

test('what no grammar knows is a syntax error', () => {
  // dynalite: test/scan.js, test/updateItem.js, test/getItem.js
  const conditions = [
    'things are not gonna be ok',
    'a > 4',
    'attribute_exists(Pictures-RearView)',
    'attribute_exists("Pictures.RearView")',
    'attribute_exists(Pictures..RearView)',
    'attribute_exists(Pi#ctures.RearView)',
    'attribute_exists(asdf[a])',
    'a in b, c',
    'a > between',
    'a in b',
    'a in (b,c,)',
    'a in ()',
    '(a)between(b.(c.d))and(c)',
    '(a)between(b.c.d)and((c)',
    '#$.b > a',
    'a > :things.stuff',
    'b[:a] > a',
    'b[#_] > a',
    'ü > a',
    '(a)between(b.c[4.5].#d)and(:a)',
    'size(a).b > a',
    '(size(a)).b > a',
    'size(a)[0] > a',
    '(size(a))[0] > a',
    '(',
    ')',
    'NOT',
    'NOT a',
    'a AND b = c',
    '(a = b) = c',
    ' ',
    'a = (b = c)',
    'a != b',
    '_a = b',
    'a = b AND',
    'a BETWEEN b OR c',
  ];
  const updates = [
    'whatever',
    'set a',
    'add a',
    'delete a',
    'set a=set',
    'remove a = b',
    'add a = b',
    'delete a = b',
    'delete a b',
    'delete a if_not_exist(b)',
    'add abort b',
    'add a if_not_exist(b)',
    'remove a b',
    'set a b',
    'set :a = b',
    'add :a b',
    'delete :a b',
    'remove :a',
    'set a = b / c',
    'set a = b * c',
    'set a[1] = "eight"',
    'set a[1] = 1',
    'SET a = if_not_exist(a, 100)',
    'SET if_not_exist(a, b) = a',
    'set (a = (b + c))',
    'set a = (b.c).d + e',
    'set a = (b.c)[0] + e',
    'set a = b + c + d',
    'set a = f(b + c)',
    'set',
    'set a = b,',
    'set a = b remove',
  ];
  const projections = [
    'whatever(stuff)',
    ':a',
    'abort,',
    'a,,b',
    'a..b',
    'a[b]',
    '(a.b).c',
    '(a)',
    '(a),(b)',
    '(a,b)',
    'a-b',
    ',a',
    'a[-1]',
  ];
  for (const text of conditions)
    assert.match(filterRefusal(text), /^Invalid FilterExpression: Syntax error; token: "/, text);
  for (const text of updates)
    assert.match(updateRefusal(text), /^Invalid UpdateExpression: Syntax error; token: "/, text);
  for (const text of projections) {
    assert.match(refusal({projectionExpression: text}), /^Invalid ProjectionExpression: Syntax error; token: "/, text);
  }
});

test('one kind of problem is reported before another, whatever comes first in the text', () => {
  const redundant = 'The expression has redundant parentheses;';
  const misused = 'The function is not allowed to be used this way in an expression; function: ';
  const reserved = 'Attribute name is a reserved keyword; reserved keyword: ';
  const rows: [string, string][] = [
    ['a=a and a > ((views))', redundant],
    ['(a)between(((b.c)).d)and(c)', redundant],
    ['a > whatever((:things), ((a)))', redundant],
    ['a=a AND ((a=a AND a=a)) AND a=a', redundant],
    ['a=a OR ((a=a OR (a=a OR a=a)))', redundant],
    ['((attribute_not_exists(pk)))', redundant],
    ['a=a and whatever((:things)) > a', 'Invalid function name; function: whatever'],
    ['attRIbute_exIsts((views), #a)', 'Invalid function name; function: attRIbute_exIsts'],
    ['if_not_exists(a, a) = :arg', 'The function is not allowed in a condition expression; function: if_not_exists'],
    ['a=a and attribute_exists((views), (#a)) > b', `${misused}attribute_exists`],
    ['contains(:things, c) > b', `${misused}contains`],
    ['size(contains(a, b)) > a', `${misused}contains`],
    ['size(things)', `${misused}size`],
    ['NOT (size(things))', `${misused}size`],
    ['a between b and attribute_exists(things)', `${misused}attribute_exists`],
    ['a in (b, attribute_exists(things))', `${misused}attribute_exists`],
    ['attribute_exists(views, #a)', `${reserved}views`],
    [':a < abOrT', `${reserved}abOrT`],
    ['a.b[99999999999] = :a', 'List index is not within the allowable range; index: [99999999999]'],
    [`a${'.b'.repeat(32)} = :a`, 'The document path has too many nesting levels; nesting levels: 33'],
  ];
  for (const [text, message] of rows) assert.equal(filterRefusal(text), invalidFilter + message, text);
});

test('clauses are checked in the order of the text', () => {
  const name = 'An expression attribute name used in the document path is not defined; attribute name: ';
  const value = 'An expression attribute value used in expression is not defined; attribute value: ';
  const count = 'Incorrect number of operands for operator or function; operator or function: ';
  const type = 'Incorrect operand type for operator or function; operator or function: ';
  const distinct =
    'The first operand must be distinct from the remaining operands for this operator or function; operator: ';
  const a = {'#a': 'a'};
  const rows: [string, string, (Values | undefined)?, Record<string, string>?][] = [
    ['attribute_exists(#Pictures.RearView, :a) and a=a', `${name}#Pictures`],
    ['begins_with(Pictures.#RearView)', `${name}#RearView`],
    ['(#P between :lo and :hi) and (#PC in (:cat1, :cat2))', `${name}#P`],
    ['(a)between(b.c[45].#d)and(:a)', `${name}#d`],
    ['begins_with(:hello, #a, #b)', `${value}:hello`],
    [':_ > a', `${value}:_`],
    ['attribute_exists(things, a) and a=a', `${count}attribute_exists, number of operands: 2`],
    ['begins_with(things, size(a), b)', `${count}begins_with, number of operands: 3`],
    ['size(things, a) > b', `${count}size, number of operands: 2`],
    ['attribute_type(a, size(a)) and a=a and a=:a', `${type}attribute_type, operand type: N`],
    ['attribute_type(a, :a)', `${type}attribute_type, operand type: SS`, {':a': {SS: ['1']}}],
    [
      'attribute_type(a, :a)',
      'Invalid attribute type name found; type: 1, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
      {':a': {S: '1'}},
    ],
    ['begins_with(a, :a)', `${type}begins_with, operand type: N`, {':a': {N: '1'}}],
    ['begins_with(:a, a)', `${type}begins_with, operand type: L`, {':a': {L: []}}],
    ['size(size(a)) > :a', `${value}:a`],
    ['size(size(a)) > :a', `${type}size, operand type: N`, {':a': {N: '1'}}],
    ['attribute_not_exists(size(:a))', `${type}size, operand type: N`, {':a': {N: '1'}}],
    [
      'attribute_not_exists(size(:a))',
      'Operator or function requires a document path; operator or function: attribute_not_exists',
      {':a': {S: '1'}},
    ],
    ['a < :a', `${type}<, operand type: M`, {':a': {M: {}}}],
    [':a >= a', `${type}>=, operand type: BOOL`, {':a': {BOOL: true}}],
    ['a = a AND #a = b AND :views > a', `${distinct}=, first operand: [a]`, undefined, a],
    ['a > #a', `${distinct}>, first operand: [a]`, undefined, a],
    ['contains(ab.bc[1].a, ab.bc[1].#a)', `${distinct}contains, first operand: [ab, bc, [1], a]`, undefined, a],
    [
      'a between :b and :a',
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}',
      {':a': {S: 'a'}, ':b': {N: '1'}},
    ],
    [
      'a between :b and :a',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}',
      {':a': {S: 'a'}, ':b': {S: 'b'}},
    ],
  ];
  for (const [text, message, values, names] of rows) {
    assert.equal(filterRefusal(text, values, names), invalidFilter + message, text);
  }
});

test('an update is checked as a whole, one check after the other', () => {
  const overlap = 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ';
  const conflict = 'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: ';
  const type = 'Incorrect operand type for operator or function; operator or function: ';
  const names = {'#a': 'a', '#b': 'b'};
  const brackets = {'#c': 'c', '#d': '[3]'};
  const values: Values = {':a': {S: 'a'}, ':b': {N: '1'}};
  const rows: [string, string, (Values | undefined)?, Record<string, string>?][] = [
    [' set #c = :c set abOrt = true ', 'Attribute name is a reserved keyword; reserved keyword: abOrt', values, names],
    ['set #c = if_not_exist(:c) set c = d', 'Invalid function name; function: if_not_exist', values, names],
    ['set a = size(b)', 'The function is not allowed in an update expression; function: size'],
    [
      'set a = list_append(list_append(b, c), d)',
      'The function is not allowed to be used this way in an expression; function: list_append',
    ],
    ['add #d :e set a = b add e :f', 'The "ADD" section can only be used once in an update expression;', values, names],
    [
      'SET #c = if_not_exists(:c)',
      'An expression attribute name used in the document path is not defined; attribute name: #c',
      values,
      names,
    ],
    [
      'SET #a = if_not_exists(:c)',
      'An expression attribute value used in expression is not defined; attribute value: :c',
      values,
      {'#a': 'a'},
    ],
    [
      'set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)',
      `${overlap}[c, [1], a], path two: [c]`,
      undefined,
      {'#c': 'c'},
    ],
    ['set #c[3].#d = a, #c[3] = a', `${overlap}[c, [3], [3]], path two: [c, [3]]`, undefined, brackets],
    [
      'set #c[3].#d = a, #c.#d[3] = if_not_exists(a)',
      `${conflict}[c, [3], [3]], path two: [c, [3], [3]]`,
      undefined,
      brackets,
    ],
    ['remove a.#c set a[1] = #d', `${conflict}[a, c], path two: [a, [1]]`, undefined, brackets],
    ['SET a = :a, a.b = :b', `${overlap}[a], path two: [a, b]`, values],
    [
      'set b = list_append(:a, a), c = if_not_exists(a) add a.b :a',
      'Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
      {':a': {S: 'a'}},
    ],
    [
      'delete a.b :b',
      'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_ADD_OPERAND',
      {':b': {N: '1'}},
    ],
    [
      'set a = if_not_exists(c)',
      'Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1',
    ],
    [
      'set a = if_not_exists(if_not_exists(a, b), c)',
      'Operator or function requires a document path; operator or function: if_not_exists',
    ],
    ['set a = list_append(a, :b)', `${type}list_append, operand type: N`, {':b': {N: '1'}}],
    ['set a = a + :a', `${type}+, operand type: S`, {':a': {S: 'a'}}],
    ['set a = :a - a', `${type}-, operand type: L`, {':a': {L: []}}],
  ];
  for (const [text, message, rowValues, rowNames] of rows) {
    assert.equal(updateRefusal(text, rowValues, rowNames), invalidUpdate + message, text);
  }
});

test('paths of a projection neither overlap nor conflict', () => {
  const rows: [string, string][] = [
    [
      'b[1], b.a, #a.b, a',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
    ],
    [
      'a, #a[1]',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, [1]]',
    ],
    [
      'a.b[1], #a[1]',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b, [1]], path two: [a, [1]]',
    ],
    ['a.abORt', 'Attribute name is a reserved keyword; reserved keyword: abORt'],
    ['a,b,a,#z', 'An expression attribute name used in the document path is not defined; attribute name: #z'],
  ];
  for (const [projectionExpression, message] of rows) {
    const got = refusal({projectionExpression, expressionAttributeNames: {'#a': 'a'}});
    assert.equal(got, `Invalid ProjectionExpression: ${message}`);
  }
});

test('placeholders must be well formed, defined and used', () => {
  const filter = {filterExpression: ''};
  const value = {':a': {S: 'a'}};
  const rows: [ExpressionRequest, string][] = [
    [
      {...filter, expressionAttributeNames: {}, expressionAttributeValues: {}},
      'ExpressionAttributeNames must not be empty',
    ],
    [
      {...filter, expressionAttributeNames: {a: 'a'}, expressionAttributeValues: {}},
      'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
    ],
    [
      {...filter, expressionAttributeNames: {[`#${'a'.repeat(255)}-`]: 'a'}},
      'ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: 257',
    ],
    [
      {...filter, expressionAttributeNames: {'#a': ''}},
      'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a',
    ],
    [
      {...filter, expressionAttributeNames: {'#a': 'n'.repeat(65_536)}},
      'ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than 65536 bytes for key #a',
    ],
    [{...filter, expressionAttributeValues: {}}, 'ExpressionAttributeValues must not be empty'],
    [
      {...filter, expressionAttributeValues: {':b': {}, b: {S: 'a'}}},
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "b"',
    ],
    [
      {...filter, expressionAttributeValues: {[`:${'a'.repeat(255)}`]: {}}},
      'ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long;',
    ],
    [
      {...filter, projectionExpression: '', expressionAttributeValues: value},
      'Invalid FilterExpression: The expression can not be empty;',
    ],
    [
      {filterExpression: 'a > b', projectionExpression: ''},
      'Invalid ProjectionExpression: The expression can not be empty;',
    ],
    [
      {filterExpression: 'a > b', expressionAttributeNames: {'#a': 'a', '#b': 'b'}, expressionAttributeValues: value},
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}',
    ],
    [
      {filterExpression: 'a > :a', expressionAttributeValues: {...value, ':c': {S: 'a'}}},
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:c}',
    ],
    [{expressionAttributeNames: {}}, 'ExpressionAttributeNames can only be specified when using expressions'],
    [{expressionAttributeValues: {}}, 'ExpressionAttributeValues can only be specified when using expressions'],
  ];
  for (const [request, message] of rows) assert.equal(refusal(request), message);
  assert.equal(
    refusal({
      filterExpression: '#a = :a OR b = :b',
      projectionExpression: '#c',
      expressionAttributeNames: {'#a': 'x', '#c': 'y'},
      expressionAttributeValues: {...value, ':b': {N: '1'}},
    }),
    '(accepted)',
  );
});

test('the layer of the operation decides on prefixes and wording', () => {
  const bad = {filterExpression: 'a = :v', expressionAttributeValues: {':v': {N: 'abc'}}};
  const message = 'The parameter cannot be converted to a numeric value: abc';
  assert.equal(refusal(bad), message);
  assert.equal(refusal(bad, envelopedLayer), `1 validation error detected: ${message}`);
  assert.equal(refusal(bad, olderLayer), `ExpressionAttributeValues contains invalid value: ${message} for key :v`);
  const alone = {expressionAttributeValues: {':v': {S: 'x'}}};
  const unwanted = 'ExpressionAttributeValues can only be specified when using expressions';
  assert.equal(refusal(alone, olderLayer), `${unwanted}: FilterExpression is null`);
  assert.equal(
    refusal(alone, olderLayer, ['UpdateExpression', 'ConditionExpression']),
    `${unwanted}: UpdateExpression and ConditionExpression are null`,
  );
  assert.equal(refusal(alone, envelopedLayer), `1 validation error detected: ${unwanted}`);
  assert.equal(
    refusal({conditionExpression: ''}, envelopedLayer),
    '1 validation error detected: Invalid ConditionExpression: The expression can not be empty;',
  );
});

test('sizes and counts are limited', () => {
  const sized = (bytes: number) => `${'a'.repeat(bytes - 5)} = :v`;
  const values = {':v': {S: 'x'}};
  assert.equal(filterRefusal(sized(4096), values), '(accepted)');
  assert.equal(
    filterRefusal(sized(4097), values),
    'Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
  );
  assert.equal(
    updateRefusal(`SET ${sized(4093)}`, values),
    'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;',
  );
  const chain = (depth: number) => `a<b ${'or (a<b '.repeat(depth)}${')'.repeat(depth)}`;
  const tooMany = 'Invalid FilterExpression: The expression contains too many operators; operator count: 301';
  assert.equal(filterRefusal(chain(149)), '(accepted)');
  assert.equal(filterRefusal(chain(150)), tooMany);
  assert.equal(filterRefusal(chain(454)), tooMany);
  assert.equal(filterRefusal(`${'not '.repeat(1000)}a<b`), tooMany);
  assert.equal(filterRefusal(`a < ${'size('.repeat(680)}b${')'.repeat(680)}`), tooMany);
  assert.equal(
    filterRefusal(`a < ${'f('.repeat(1355)}b${')'.repeat(1355)}`),
    'Invalid FilterExpression: Invalid function name; function: f',
  );
  assert.equal(
    filterRefusal(`${'('.repeat(2046)}a<b${')'.repeat(2046)}`),
    'Invalid FilterExpression: The expression has redundant parentheses;',
  );
  const list = (length: number) => `a IN (${Array.from({length}, (_, i) => `b${i}`).join(',')})`;
  assert.equal(filterRefusal(list(100)), '(accepted)');
  assert.equal(
    filterRefusal(list(101)),
    'Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 101',
  );
  const huge: Item = {':v': {S: 'x'.repeat(2_097_151)}};
  assert.equal(filterRefusal('a = :v', huge), 'ExpressionAttributeValues exceeds max size');
});
