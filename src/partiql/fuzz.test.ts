import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import type {AttributeValue} from '../model/attribute-value.ts';
import {ServiceError} from '../model/service-error.ts';
import {bindWhere} from './bind-where.ts';
import {keyBranches} from './key-branches.ts';
import {prepareStatement} from './prepare-statement.ts';

const words =
  `SELECT INSERT INTO VALUE UPDATE DELETE FROM WHERE SET REMOVE RETURNING ALL OLD NEW MODIFIED * ORDER BY DESC ASC
AND OR NOT IN IS BETWEEN LIKE MISSING NULL STRING EXISTS attribute_exists begins_with contains size set_add list_append pk sk
data m.a l[0] l[*] "T" "table"."index" "" 'a' '' 1 -1 1e5 1e999 .5 true null ? ( ) [ ] { } << >> , . : ; = <> != < <= > >=
+ - / || @ -- /* */ # \` $ é COUNT(*) GROUP LIMIT`.split(/\s+/);

const soup = fc.array(fc.constantFrom(...words, '\n'), {maxLength: 40}).map(parts => parts.join(' '));

const whole = [
  `SELECT pk, m.a[0] FROM "table"."index" WHERE pk = 'a' AND (sk > ? OR NOT begins_with(sk, 'x')) ORDER BY pk DESC`,
  `INSERT INTO "table" VALUE {'pk': 'a', 'l': [1, {'x': <<'a', 'b'>>}], 'p': ?}`,
  `UPDATE "table" SET n = n - 1, s = set_add(s, <<1, 2>>) REMOVE l[3] WHERE pk = 'a' AND size(s) < 5 RETURNING ALL NEW *`,
  `FROM "table" WHERE pk IN ['a', 'b'] AND x BETWEEN 1 AND 2 SET l = list_append(l, [?])`,
  `DELETE FROM "table" WHERE pk = 'a' AND x IS NOT MISSING RETURNING ALL OLD * -- note`,
  `EXISTS(SELECT * FROM "table" WHERE pk = 'a' AND attribute_exists(b) = true)`,
];

/** A statement with a piece taken out, doubled, or put in. */
const mutated = fc
  .tuple(fc.constantFrom(...whole), fc.nat(200), fc.nat(12), fc.oneof(fc.constantFrom(...words), fc.string()))
  .map(([text, at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length));

/** Long and deep, as far as a statement may be long. */
const deep = fc
  .tuple(
    fc.constantFrom('(', '[', '{', '<<', 'NOT ', '- ', 'a = ', 'a AND ', "{'a':", 'size(', 'a.', 'a['),
    fc.nat(8000),
  )
  .map(([piece, length]) => `SELECT * FROM "table" WHERE ${piece.repeat(length / piece.length)}`);

const values: AttributeValue[] = [{S: 'a'}, {N: '1'}, {SS: ['a']}, {L: []}];
const schema = {partition: [{name: 'pk', type: 'S'}], sort: [{name: 'sk', type: 'S'}]} as const;

test('any statement is prepared, or refused as invalid', () => {
  const statements = fc.oneof(
    {weight: 4, arbitrary: soup},
    {weight: 8, arbitrary: mutated},
    {weight: 1, arbitrary: deep},
  );
  fc.assert(
    fc.property(statements, fc.array(fc.constantFrom(...values), {minLength: 8, maxLength: 8}), (text, parameters) => {
      try {
        const {problem, body} = prepareStatement(text.slice(0, 8192));
        if (problem) throw problem;
        if (!('where' in body) || !body.where || body.where.parameters.length > parameters.length) return;
        const where = bindWhere(body.where, parameters);
        const branches = keyBranches(where, schema);
        assert.ok(!branches || branches.length <= 50);
      } catch (error) {
        assert.ok(error instanceof ServiceError, String(error));
        assert.equal(error.code, 'ValidationException');
      }
    }),
    fuzzRuns,
  );
});

/** Messages name places, and expressions remember their last use. */
function withoutPlaces(name: string, value: unknown): unknown {
  return name === 'problem' || name === 'lastPaths' ? undefined : value;
}

test('the same statement means the same, however it is spaced and commented', () => {
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.constantFrom(' ', '\n', '\t', ' /* c */ ', ' -- c\n'), (text, space) => {
      const spaced = text.replaceAll(' ', space);
      const meaning = (statement: string) => JSON.stringify(prepareStatement(statement), withoutPlaces);
      if (!text.includes('--')) assert.equal(meaning(spaced), meaning(text));
    }),
    fuzzRuns,
  );
});
