import assert from 'node:assert/strict';
import type {Caller} from '../../../src/api/operation.ts';
import {operations} from '../../../src/api/registry.ts';
import {checkInput} from '../../../src/model/check-shape.ts';
import {parseAroundItems} from '../../../src/model/parse-around-items.ts';
import {parseBody} from '../../../src/model/parse-json.ts';
import {type Chance, chanceFrom} from '../chance.ts';
import type {Pieces} from '../inputs/splice.ts';
import {plausible} from '../random-requests.ts';
import {shapedInput} from '../random-shape.ts';
import {jsonBytes, jsonPieces, jsonText} from './json-texts.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

export interface RequestInput {
  operation: string;
  text: string;
  odd: boolean;
}

interface Seed {
  operation: string;
  pieces: Pieces;
}

const caller: Caller = {accessKeyId: 'AKIAEXAMPLE', region: 'us-east-1', accountId: '000000000000'};

function seedsOf(): Seed[] {
  const chance = chanceFrom(17);
  const names = [...operations.keys()];
  const often = names.filter(name => Object.hasOwn(plausible, name));
  const seeds: Seed[] = [];
  while (seeds.length < 3_000) {
    const shaped = chance.maybe(0.3);
    const operation = chance.pick(shaped ? names : often);
    const pieces = jsonPieces(shaped ? shapedInput(chance, operation) : plausible[operation]!(chance));
    if (pieces.length <= 250 && pieces.every(piece => piece.length < 500)) seeds.push({operation, pieces});
  }
  return seeds;
}

/** Makes requests out of examples of them. */
export function requestInputs(makeSeeds: () => Seed[]): (chance: Chance) => RequestInput {
  let seeds: readonly Seed[] | undefined;
  let all: readonly Pieces[];
  return chance => {
    if (seeds === undefined) {
      seeds = makeSeeds();
      all = seeds.map(({pieces}) => pieces);
    }
    const {operation, pieces} = chance.pick(seeds);
    return {operation, ...jsonText(chance, pieces, all)};
  };
}

/** A body as the operation is handed it, with what it makes of it. */
export function parseRequest({operation, text, odd}: RequestInput): {wire: object; input: unknown} {
  const wire = parseBody(jsonBytes({text, odd}));
  checkInput(operation, wire);
  return {wire, input: operations.get(operation)!.parse(wire as never, caller)};
}

/** Where items can be taken as text, the request is the same as when all of it was read; one that is refused stays so. */
function mustMeanTheSame({operation, text, odd}: RequestInput): void {
  const body = jsonBytes({text, odd});
  const {items, parse} = operations.get(operation)!;
  let around: object | undefined;
  let input: unknown;
  try {
    around = items && parseAroundItems(body, items);
    if (around === undefined) return;
    checkInput(operation, around);
    input = parse(around as never, caller);
  } catch (error) {
    refusalOf(error);
    return;
  }
  assert.equal(shown(input), shown(parseRequest({operation, text, odd}).input));
  assert.equal(JSON.stringify(around), JSON.stringify(parseRequest({operation, text, odd}).wire));
}

/** With new items as they will be stored, whichever way they came. */
function shown(input: unknown): string {
  return JSON.stringify(input, (_, value) =>
    value?.stored instanceof Buffer ? {stored: value.stored.toString(), size: value.size, item: value.item} : value,
  );
}

/** A whole body: JSON, shape, constraints, and all that its operation looks at before it looks into the store. */
export const request: ParserFuzz<RequestInput> = {
  name: 'request',
  generate: requestInputs(seedsOf),
  check(input) {
    try {
      mustMeanTheSame(input);
      const {wire} = parseRequest(input);
      if (input.text.length % 4 !== 0) return undefined;
      const normal = JSON.stringify(wire);
      const again = parseRequest({operation: input.operation, text: normal, odd: false});
      assert.equal(JSON.stringify(again.wire), normal, 'what is in normal form stays as it is');
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
