import assert from 'node:assert/strict';
import {evaluateCondition} from '../../../src/expressions/evaluate-condition.ts';
import {bindUpdate} from '../../../src/expressions/update.ts';
import {typeOf} from '../../../src/model/attribute-value.ts';
import {itemSize} from '../../../src/model/item-size.ts';
import {bindWhere} from '../../../src/partiql/bind-where.ts';
import {insertedItem} from '../../../src/partiql/build-insert.ts';
import {isSetType} from '../../../src/partiql/build-update.ts';
import {keyBranches} from '../../../src/partiql/key-branches.ts';
import {prepareStatement} from '../../../src/partiql/prepare-statement.ts';
import {valuesOf} from '../../../src/partiql/slots.ts';
import {mustHaveParameters, parseParameters} from '../../../src/partiql/statement-parameters.ts';
import {type Chance, chanceFrom} from '../chance.ts';
import {type Pieces, piecesOf, spliced} from '../inputs/splice.ts';
import {randomStatement} from '../random-statements.ts';
import {frozenItems} from './frozen-items.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface StatementInput {
  text: string;
  /** Each as JSON. */
  parameters: string[];
  item: number;
}

const words = [
  ...'SELECT INSERT INTO VALUE UPDATE DELETE FROM WHERE SET REMOVE RETURNING ALL OLD NEW MODIFIED * ORDER BY DESC'.split(
    ' ',
  ),
  ...'AND OR NOT IN IS BETWEEN LIKE MISSING NULL STRING EXISTS attribute_exists begins_with contains size set_add'.split(
    ' ',
  ),
  ...`list_append p s m.a l[0] l[*] "T" "table"."index" "" 'a' '' 1 -1 1e5 1e999 .5 true null ? ( ) [ ] { } << >>`.split(
    ' ',
  ),
  ...', . : ; = <> != < <= > >= + - / || @ -- /* */ # ` $ é COUNT(*) GROUP LIMIT'.split(' '),
].flatMap(word => [word, ` ${word} `]);

const whole = [
  `SELECT p, m.a[0] FROM "table"."index" WHERE p = 'a' AND (s > ? OR NOT begins_with(s, 'x')) ORDER BY p DESC`,
  `INSERT INTO "table" VALUE {'p': 'a', 'l': [1, {'x': <<'a', 'b'>>}], 'q': ?}`,
  `UPDATE "table" SET n = n - 1, s = set_add(s, <<1, 2>>) REMOVE l[3] WHERE p = 'a' AND size(s) < 5 RETURNING ALL NEW *`,
  `FROM "table" WHERE p IN ['a', 'b'] AND x BETWEEN 1 AND 2 SET l = list_append(l, [?])`,
  `DELETE FROM "table" WHERE p = 'a' AND x IS NOT MISSING RETURNING ALL OLD * -- note`,
  `EXISTS(SELECT * FROM "table" WHERE p = 'a' AND attribute_exists(b) = true)`,
];

interface Seed {
  pieces: Pieces;
  parameters: string[];
}

const piece = /'(?:[^']|'')*'|"[^"]*"|[A-Za-z0-9_]+|[ \t]+|[\s\S]/gu;
const spareParameters = ['{"S":"a"}', '{"N":"1"}', '{"SS":["a"]}', '{"L":[]}', '{"B":"AA=="}', '{"N":"x"}'];

function seedsOf(): Seed[] {
  const chance = chanceFrom(13);
  const seeds: Seed[] = whole.map(text => ({pieces: piecesOf(text, piece), parameters: ['{"N":"1"}']}));
  while (seeds.length < 1_500) {
    const {Statement, Parameters = []} = randomStatement(chance, ['select', 'insert', 'write', 'exists']);
    const parameters = Parameters.map(value => JSON.stringify(value));
    if (Statement.length > 400 || parameters.some(text => text.length > 300)) continue;
    seeds.push({pieces: piecesOf(Statement, piece), parameters});
  }
  return seeds;
}

let seeds: readonly Seed[] | undefined;
let source: Parameters<typeof spliced>[2];

function generate(chance: Chance): StatementInput {
  if (seeds === undefined) {
    seeds = seedsOf();
    source = {seeds: seeds.map(({pieces}) => pieces), words, charactersMax: 8_190};
  }
  const seed = chance.pick(seeds);
  const text = chance.maybe(0.25) ? seed.pieces.join('') : spliced(chance, seed.pieces, source);
  const parameters = chance.maybe(0.9) ? [...seed.parameters] : [];
  if (chance.maybe(0.3)) parameters.push(chance.pick(spareParameters));
  return {text: text.slice(0, 8_192), parameters, item: chance.upTo(frozenItems.length)};
}

const schemas = [
  {partition: [{name: 'p', type: 'S'}], sort: [{name: 's', type: 'N'}]},
  {partition: [{name: '__proto__', type: 'B'}], sort: []},
  {partition: [{name: 'hasOwnProperty', type: 'N'}], sort: [{name: '__proto__', type: 'S'}]},
] as const;

/** A statement, prepared and bound to its parameters; what it asks for is tried on an item that can't be changed. */
export const partiql: ParserFuzz<StatementInput> = {
  name: 'partiql',
  generate,
  check(input) {
    try {
      run(input);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};

function run({text, parameters: texts, item: number}: StatementInput): void {
  const parameters = parseParameters(texts.map(each => JSON.parse(each)));
  const prepared = prepareStatement(text);
  mustHaveParameters(prepared, parameters);
  const {problem, body} = prepared;
  if (problem) throw problem;
  const item = frozenItems[number]!;
  if (body.kind === 'insert') {
    assert(itemSize(insertedItem(body.value!, parameters)) >= 0);
    return;
  }
  if (body.kind === 'update') {
    const template = body.update!;
    for (const {parameter} of template.sets) if (!isSetType(typeOf(parameters[parameter]!))) return;
    const update = bindUpdate(template.expression, {names: undefined, values: valuesOf(template, parameters)});
    assert(itemSize(update.apply(item, true)) >= 0);
  }
  if ('projection' in body) body.projection?.project(item);
  if (!body.where) return;
  const where = bindWhere(body.where, parameters);
  const matches = evaluateCondition(where.expression.root, item, where.resolved.paths, where.values);
  assert.equal(typeof matches, 'boolean');
  const branches = keyBranches(where, schemas[number % schemas.length]!);
  assert(!branches || branches.length <= 50);
}
