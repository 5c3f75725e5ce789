import {notWellFormed} from './not-well-formed.ts';
import {at} from './place.ts';
import type {TokenReader} from './token-reader.ts';
import type {Expression} from './tree.ts';

const listIndexMax = 2_147_483_647;

/** Reads the `.name` and `[index]` that follow a name, as long as there are any. */
export function parsePathAfter(reader: TokenReader, start: Expression, parseIndex: () => Expression): Expression {
  if (start.kind !== 'path' || !(reader.isSymbol('.') || reader.isSymbol('['))) return start;
  const path = [...start.path];
  let problem: string | undefined;
  for (;;) {
    if (reader.takeSymbol('.')) {
      const token = reader.take();
      if (token.kind === 'identifier' || token.kind === 'quoted') path.push(token.text);
      else if (token.kind === 'symbol' && token.text === '*') {
        problem ??= 'Unpivot path component like a.*.b are not supported';
      } else throw notWellFormed('Invalid path dot component');
    } else if (reader.takeSymbol('[')) {
      if (reader.takeSymbol('*')) problem ??= 'Wildcard path component like a[*].b are not supported';
      else {
        const index = parseIndex();
        if (index.kind === 'string') path.push(index.value);
        else if (index.kind !== 'number' || !/^-?\d+$/.test(index.value)) {
          problem ??= `Unexpected path component${at(index.place)}`;
        } else if (Number(index.value) < 0 || Number(index.value) > listIndexMax) {
          problem ??= `List index is not within the allowable range; index: [${index.value}]${at(index.place)}`;
        } else path.push(Math.abs(Number(index.value)));
      }
      reader.expectSymbol(']', 'RIGHT_BRACKET');
    } else break;
  }
  const {place} = start;
  return problem === undefined ? {kind: 'path', path, place} : {kind: 'oddPath', problem, place};
}
