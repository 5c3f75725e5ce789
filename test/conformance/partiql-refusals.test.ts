// What statements are refused with, and where in them the fault is said to lie.
// Captured in eu-west-2 and three more regions, October 2026 (paritysuite/dynamodb-conformance
// tests/tier3/error-messages/{partiqlGrammar,partiqlFunctions,partiqlParameterNumbers}), and in eu-west-2, 2026-09-17
// (hectorvent/floci DynamoDbPartiQLEdgeCaseIntegrationTest and DynamoDbPartiQLDocumentedSyntaxIntegrationTest).
import {before, test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {invalid} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {nested, S} from './values.ts';

const malformed = (detail: string) => `Statement wasn't well formed, can't be processed: ${detail}`;
const leftover = malformed('Unexpected token after expression');
const aliasing = 'Aliasing is not supported';
const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const digits = 'Attempting to store more than 38 significant digits in a Number';
const noKey = 'Where clause does not contain a mandatory equality on all key attributes';
const wrongOperand = 'Incorrect operand type for operator or function; operator or function: ';
const invalidValue = 'One or more parameter values were invalid: ';
const tooDeep = 'Nesting Levels have exceeded supported limits';

/** `T` stands for the table, whose key is `pk` and `sk`; `^` in a message for the place of the token behind `|`. */
const statements: [statement: string, message: string][] = [
  // Text left over.
  [`SELECT * FROM T WHERE pk = 'a' foo`, leftover],
  [`SELECT * FROM T WHERE n = 1 e5`, leftover],
  [`INSERT INTO T VALUE {'pk': 'a'} foo`, leftover],
  [`UPDATE T SET a = 9 WHERE pk = 'a' foo`, leftover],
  [`DELETE FROM T WHERE pk = 'a' foo`, leftover],
  [`SELECT * FROM T WHERE pk = 'a')`, leftover],
  [`DELETE FROM T WHERE pk = 'a' ORDER BY pk`, leftover],
  [`SELECT * FROM T ORDER BY pk WHERE pk = 'a'`, leftover],
  [`INSERT INTO T t VALUE {'pk': 'x'}`, leftover],
  [`FROM T SET c = 1 WHERE pk = 'a'`, leftover],
  [`FROM T SET c = 1 WHERE pk = 'a' SET d = 2`, leftover],
  [`SELECTT * FROMM T`, leftover],
  // What no token can be made of.
  [`SELECT * FROM T WHERE n = 1e2147483648`, malformed('')],
  [`SELECT * FROM T WHERE n = 1e99999999999`, malformed('')],
  [`SELECT * FROM T WHERE n = 1.5e-2147483647`, malformed('')],
  [`SELECT * FROM T WHERE n = 1 # note`, malformed('')],
  [`SELECT * FROM T WHERE n = 1 /* note`, malformed('')],
  [`SELECT * FROM T WHERE pk = 'a`, malformed('')],
  // Where a term should stand.
  [`SELECT * FROM T WHERE`, malformed('Unexpected term')],
  [`SELECT * FROM T WHERE;`, malformed('Unexpected term')],
  [`UPDATE T SET a = 1 WHERE`, malformed('Unexpected term')],
  [`DELETE FROM T WHERE`, malformed('Unexpected term')],
  [`SELECT * FROM T WHERE NOT`, malformed('Unexpected term')],
  [`SELECT * FROM T WHERE (`, malformed('Unexpected term')],
  [`SELECT * FROM`, malformed('Unexpected term')],
  [`SELECT * FROM "never-created" WHERE`, malformed('Unexpected term')],
  [`SELECT * FROM T WHERE pk = 'a' AND`, malformed('Missing right-hand side expression of infix operator')],
  [`SELECT * FROM T WHERE pk = 'a' OR`, malformed('Missing right-hand side expression of infix operator')],
  [`SELECT * FROM T WHERE ORDER BY pk`, malformed('Unexpected keyword')],
  [`SELECT * FROM T WHERE IS NULL`, malformed('Unexpected operator')],
  [`SELECT * FROM T WHERE pk = LIKE`, malformed('Unexpected operator')],
  [`SELECT * FROM T WHERE pk = 'a' AND x IS FOO`, malformed('Expected type name')],
  [`SELECT * FROM T WHERE attribute_exists(m.inner)`, malformed('Invalid path dot component')],
  [`DELETE FROM`, malformed('Expected identifier for simple path')],
  [`DELETE FROM;`, malformed('Expected identifier for simple path')],
  [`DELETE FROM WHERE pk = 'a'`, malformed('Expected identifier for simple path')],
  [`SLECT * FROM T WHERE pk = 'a'`, malformed('Expected data manipulation')],
  ...['INT4', 'INT8', 'DOUBLE PRECISION', 'CHARACTER VARYING'].map((type): [string, string] => [
    `x IS ${type}`,
    'Unsupported operation: IsType',
  ]),
  // Sources.
  [`SELECT * FROM T t WHERE pk = 'x'`, aliasing],
  [`SELECT * FROM T AS t WHERE pk = 'x'`, aliasing],
  [`UPDATE T t SET a = 3 WHERE pk = 'x'`, aliasing],
  [`DELETE FROM T t WHERE pk = 'x'`, aliasing],
  [`SELECT * FROM T."gsi"."extra" WHERE pk = 'x'`, 'A path may contain at most 2 components in the FROM clause'],
  [`SELECT * FROM T."" WHERE pk = 'x'`, 'Path component cannot be an empty string'],
  [`SELECT * FROM "" WHERE pk = 'x'`, 'Path component cannot be an empty string'],
  [`SELECT * FROM T."none" WHERE pk = 'x'`, 'The table does not have the specified index'],
  [
    `INSERT INTO T."gsi" VALUE {'pk': 'x', 'sk': '1'}`,
    'FROM clause may only contain a single table name in data manipulation statements',
  ],
  [`UPDATE T."gsi" SET a = 1 WHERE pk = 'x' AND sk = '1'`, 'This operation is not supported on an index'],
  [`DELETE FROM T."gsi" WHERE pk = 'x' AND sk = '1'`, 'This operation is not supported on an index'],
  // Numbers.
  [`SELECT * FROM T WHERE n = 1e126`, `${overflow} under root`],
  [`SELECT * FROM T WHERE n = 1e-131`, `${underflow} under root`],
  [`SELECT * FROM T WHERE n = 123456789012345678901234567890123456789`, `${digits} under root`],
  [`INSERT INTO T VALUE {'pk': 'a', 'sk': '1', 'n': 1e126}`, `${overflow} under root`],
  [`UPDATE T SET a = 1e-131 WHERE pk = 'a' AND sk = '1'`, `${underflow} under root`],
  [`INSERT INTO T VALUE {'pk': 'a', 'sk': '1', 'm': {'x': 1e126}}`, `${overflow} under root.x`],
  [`INSERT INTO T VALUE {'pk': 'a', 'sk': '1', 'l': [1, 1e126]}`, `${overflow} under root[1]`],
  // Literals.
  [
    `UPDATE T SET s = set_add(s, <<'x', 'x'>>) WHERE pk = 'a' AND sk = '1'`,
    `${invalidValue}Input collection [x, x] contains duplicates.`,
  ],
  [
    `UPDATE T SET s = <<2, 2.0>> WHERE pk = 'a' AND sk = '1'`,
    `${invalidValue}Input collection [2, 2.0] contains duplicates! under root`,
  ],
  [
    `SELECT sk FROM T WHERE pk = 'a' AND s = <<'a','a'>>`,
    `${invalidValue}Input collection [a, a] contains duplicates.`,
  ],
  [`UPDATE T SET s = <<>> WHERE pk = 'a' AND sk = '1'`, 'Empty bags are not supported'],
  [
    `INSERT INTO T VALUE {'pk': 'a', 'sk': '1', 's': <<1, 'a'>>}`,
    'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags',
  ],
  [`UPDATE T SET x = [|?] WHERE pk = 'a' AND sk = '1'`, 'Unsupported data type: Parameter under key root[0] at ^'],
  [
    `INSERT INTO T VALUE {'pk': 'a', 'sk': '1', 'm': {'k': |?}}`,
    'Unsupported data type: Parameter under key root.k at ^',
  ],
  [
    `UPDATE T SET d = ${`{'a':`.repeat(32)}1${'}'.repeat(32)} WHERE pk = 'a' AND sk = '1'`,
    `${tooDeep} under root${'.a'.repeat(32)}`,
  ],
  [
    `UPDATE T SET d = {'a':${'['.repeat(31)}1${']'.repeat(31)}} WHERE pk = 'a' AND sk = '1'`,
    `${tooDeep} under root.a${'[0]'.repeat(31)}`,
  ],
  // Paths and columns.
  [`SELECT |attribute_exists(s) FROM T WHERE pk = 'a'`, 'Unexpected path component at ^'],
  [`SELECT |COUNT(*) FROM T`, 'Unexpected path component at ^'],
  [`SELECT l[-|1] FROM T WHERE pk = 'a'`, 'List index is not within the allowable range; index: [-1] at ^'],
  [
    `SELECT l[|2147483648] FROM T WHERE pk = 'a'`,
    'List index is not within the allowable range; index: [2147483648] at ^',
  ],
  [`SELECT m.z, z FROM T WHERE pk = 'a'`, 'Duplicate identifiers in select clause: z'],
  [`SELECT "" FROM T WHERE pk = 'a'`, 'Path component cannot be an empty string'],
  [`SELECT * FROM T WHERE pk = 'a' LIMIT 1`, 'Unsupported clause: LIMIT'],
  // Functions and operators of conditions.
  [
    `SELECT * FROM T WHERE pk = 'a' AND attribute_exists('s')`,
    'Operator or function requires a document path; operator or function: attribute_exists',
  ],
  [
    `SELECT * FROM T WHERE pk = 'a' AND attribute_exists()`,
    'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0',
  ],
  [
    `SELECT * FROM T WHERE pk = 'a' AND attribute_exists(s, t)`,
    'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
  ],
  [`SELECT * FROM T WHERE pk = 'a' AND |EXISTS(s)`, 'Unrecognized function: exists at ^'],
  [`SELECT * FROM T WHERE pk = 'a' AND |set_add(s, <<'x'>>) = s`, 'Unrecognized function: set_add at ^'],
  [`SELECT sk FROM T WHERE pk='a' AND attribute_type(l, 1)`, `${wrongOperand}attribute_type, operand type: N`],
  [`SELECT sk FROM T WHERE pk='a' AND attribute_type(l, true)`, `${wrongOperand}attribute_type, operand type: BOOL`],
  [
    `SELECT sk FROM T WHERE pk='a' AND attribute_type(l, 'X')`,
    'Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}',
  ],
  [`SELECT sk FROM T WHERE pk='a' AND n < true`, `${wrongOperand}<, operand type: BOOL`],
  [`SELECT sk FROM T WHERE pk='a' AND attribute_exists(n) > false`, `${wrongOperand}>, operand type: BOOL`],
  [
    `SELECT sk FROM T WHERE pk='a' AND n IN [${Array.from({length: 101}, (_, n) => n).join()}]`,
    'The IN operator is provided with too many operands; number of operands: 101',
  ],
  // Updates.
  [
    `UPDATE T SET t = |set_add(s, <<'x'>>) WHERE pk = 'a'`,
    'The first argument to SET_ADD must equal the assignment value at ^',
  ],
  [
    `UPDATE T SET s = |set_add(<<'a'>>, <<'b'>>) WHERE pk = 'a'`,
    'The first argument to SET_ADD must equal the assignment value at ^',
  ],
  [
    `UPDATE T SET s = set_add(|s, 'x') WHERE pk = 'a'`,
    'The second argument to SET_ADD must be a value with type SET at ^',
  ],
  [
    `UPDATE T SET s = set_add(|s, ['x']) WHERE pk = 'a'`,
    'The second argument to SET_ADD must be a value with type SET at ^',
  ],
  [
    `UPDATE T SET s = set_delete(|"s", 'x') WHERE pk = 'a'`,
    'The second argument to SET_DELETE must be a value with type SET at ^',
  ],
  [`UPDATE T SET s = |set_add(s) WHERE pk = 'a'`, 'SET_ADD must have exactly two arguments at ^'],
  [`UPDATE T SET s = |set_add(s, <<'x'>>, <<'y'>>) WHERE pk = 'a'`, 'SET_ADD must have exactly two arguments at ^'],
  [
    `INSERT INTO T VALUE {'pk': 'a', 'ss': |set_add(<<'a'>>, <<'b'>>)}`,
    'Unsupported data type: set_add under key root at ^',
  ],
  [`UPDATE T SET n = 'a' + 1 WHERE pk='a' AND sk='1'`, `${wrongOperand}+, operand type: S`],
  [`UPDATE T SET n = n - null WHERE pk='a' AND sk='1'`, `${wrongOperand}-, operand type: NULL`],
  [`FROM T SET c = 1`, noKey],
  [`FROM T REMOVE a`, noKey],
  [`FROM T WHERE a = 1 SET c = 1`, noKey],
  [`DELETE FROM T WHERE a = 'alpha'`, noKey],
  [
    `UPDATE T SET a=1 WHERE pk='a' AND sk='1' AND pk='other'`,
    'Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported',
  ],
  [
    `DELETE FROM T WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED OLD *`,
    'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.',
  ],
  [
    `DELETE FROM T WHERE pk = 'a' AND sk = '1' RETURNING ALL NEW *`,
    'Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements.',
  ],
  [
    `EXISTS(SELECT * FROM T WHERE pk = 'a' AND sk = '1' AND x IS MISSING)`,
    'EXISTS can only be used in ExecuteTransaction write requests.',
  ],
  // Keys.
  [
    `SELECT sk FROM T WHERE pk = 1 OR pk = 'a'`,
    "Key attribute's data type should match its data type in table's schema: Key pk",
  ],
  [
    `SELECT sk FROM T WHERE pk = 'a' AND sk IN ['1', 2]`,
    "Key attribute's data type should match its data type in table's schema: Key sk",
  ],
  [`SELECT sk FROM T ORDER BY sk`, 'Must have WHERE clause in the statement when using ORDER BY clause.'],
  [
    `SELECT sk FROM T WHERE pk = 'a' ORDER BY Total DESC`,
    'Attribute Total in ORDER BY clause must be part of the primary key',
  ],
  [
    `SELECT sk FROM T WHERE pk > 'a' ORDER BY sk`,
    'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
  ],
  [
    `SELECT sk FROM T WHERE pk IN ['a', 'b'] ORDER BY sk DESC`,
    'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.',
  ],
  ...[
    `pk IN ['a','a']`,
    `pk='a' OR pk='a'`,
    `pk='a' AND (sk > '0' OR sk < '5')`,
    `pk='a' AND (sk='1' OR flag='two')`,
    `(pk='a' AND flag='one') OR (pk='a' AND flag='two')`,
    `pk = 'a' AND x <> '1' OR pk = 'a' AND sk = '2'`,
  ].map((where): [string, string] => [
    `SELECT * FROM T WHERE ${where}`,
    'Overlapping conditions with range keys are not supported in where clause',
  ]),
  ...[`pk IN [${values(51)}]`, `pk='a' AND sk IN [${values(51)}]`, `pk IN [${values(26)}] AND sk IN ['1','2']`].map(
    (where): [string, string] => [
      `SELECT * FROM T WHERE ${where}`,
      'Too many decomposed read operations for a given query.',
    ],
  ),
];

function values(count: number): string {
  return Array.from({length: count}, (_, number) => `'v${number}'`).join();
}

const unconvertible = 'The parameter cannot be converted to a numeric value';
const pair = `SELECT * FROM T WHERE pk = 'a' AND x = ? AND y = ?`;
const deeper = `${tooDeep}: Attributes in the item have nested levels beyond supported limit`;

const parameters: [statement: string, parameters: AttributeValue[], message: string][] = [
  ...[
    `SELECT * FROM T WHERE pk = 'a' AND n = ?`,
    `INSERT INTO T VALUE {'pk': 'a', 'sk': 's', 'n': ?}`,
    `UPDATE T SET n = ? WHERE pk = 'a' AND sk = 's'`,
    `SELECT * FROM T WHERE pk = ?`,
  ].flatMap((statement): [string, AttributeValue[], string][] => [
    ...['1e99999999999', '-1e99999999999', '1e-99999999999', '1e2147483648', '1e-2147483648'].map(
      (N): [string, AttributeValue[], string] => [statement, [{N}], `${unconvertible}: ${N}`],
    ),
    [statement, [{N: '1e2147483647'}], underflow],
    [statement, [{N: ''}], unconvertible],
  ]),
  [pair, [{L: [{N: '1'}, {N: '1e99999999999'}]}, S('y')], `${unconvertible}: 1e99999999999`],
  [pair, [{NS: ['1', '1e99999999999']}, S('y')], `${unconvertible}: 1e99999999999`],
  [pair, [nested(40), {N: 'abc'}], deeper],
  [pair, [{N: 'abc'}, nested(100)], `${unconvertible}: abc`],
  [pair, [{M: {d: nested(40), bad: {N: 'abc'}}}, S('y')], deeper],
  [`UPDATE T SET WHERE`, [{SS: ['a', 'a']}], `${invalidValue}Input collection [a, a] contains duplicates.`],
  [`UPDATE T SET WHERE`, [{SS: []}], `${invalidValue}An string set  may not be empty`],
  [
    `SELECT * FROM T WHERE pk = 'a' AND attribute_exists(?)`,
    [S('s')],
    'Operator or function requires a document path; operator or function: attribute_exists',
  ],
  [`SELECT * FROM T WHERE pk = 'a' AND n <= ?`, [{NULL: true}], `${wrongOperand}<=, operand type: NULL`],
  [
    `SELECT * FROM T WHERE pk = 'a' AND n BETWEEN ? AND ?`,
    [{BOOL: true}, {BOOL: false}],
    `${wrongOperand}BETWEEN, operand type: BOOL`,
  ],
  // Before the table is looked up (eu-west-2, September 2026, paritysuite validation-ordering/partiql).
  ...['SELECT * FROM', 'DELETE FROM', 'UPDATE'].map((verb): [string, AttributeValue[], string] => [
    `${verb} "never-created"${verb === 'UPDATE' ? ' SET a = 1' : ''} WHERE pk = 'a' AND n < ?`,
    [{BOOL: true}],
    `${wrongOperand}<, operand type: BOOL`,
  ]),
  [pair, [S('x')], "Number of parameters in request and statement don't match."],
];

onEveryStore('PartiQL refusals', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', i: 'S'},
    key: ['pk', 'sk'],
    global: {gsi: {hash: ['i']}},
  });

  before(() => target.db.putItem({TableName: table, Item: {pk: S('a'), sk: S('1'), s: {SS: ['a']}, text: S('x')}}));

  const run = (statement: string, values?: AttributeValue[]) =>
    target.db.executeStatement({Statement: statement, ...(values && {Parameters: values})});

  const named = (statement: string) => statement.replaceAll(/\bT\b/g, `"${table}"`);

  /** The statement to send, and the message with the place that it points to. */
  function marked(marking: string, message: string): [string, string] {
    const withTable = named(marking);
    const at = withTable.indexOf('|');
    const statement = withTable.replace('|', '');
    const length = /^(\w+|"\w+"|\?)/.exec(statement.slice(at))?.[0].length ?? 0;
    return [statement, message.replace('^', `1:${at + 1}:${length}`)];
  }

  test('statements', async () => {
    for (const [marking, message] of statements) {
      const [statement, expected] = message.includes('^') ? marked(marking, message) : [named(marking), message];
      await invalid(run(statement, statement.includes('?') ? [S('v')] : undefined), expected);
    }
  });

  test('parameters', async () => {
    for (const [statement, values, message] of parameters) await invalid(run(named(statement), values), message);
  });

  test('what an item makes impossible', async () => {
    const where = `WHERE pk = 'a' AND sk = '1'`;
    const wrongType = 'An operand in the update expression has an incorrect data type';
    for (const [change, message] of [
      ['SET s = set_add(s, <<1>>)', wrongType],
      ["SET text = set_add(text, <<'x'>>)", wrongType],
      ['SET s = set_delete(s, <<1>>)', wrongType],
      [
        'SET none = list_append(none, [1])',
        'The provided expression refers to an attribute that does not exist in the item',
      ],
      ["SET none[0] = 'x'", 'The document path provided in the update expression is invalid for update'],
    ] as const) {
      await invalid(run(`UPDATE "${table}" ${change} ${where}`), message);
    }
  });

  test('an item that gets too deep', async () => {
    await target.db.putItem({TableName: table, Item: {pk: S('deep'), sk: S('1'), m: {M: {}}}});
    const statement = `UPDATE "${table}" SET m.deep = ? WHERE pk = 'deep' AND sk = '1'`;
    await invalid(run(statement, [nested(31)]), tooDeep);
  });
});
