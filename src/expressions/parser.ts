import {validationError} from '../model/service-error.ts';
import {functionShapes} from './functions.ts';
import {firstProblem, note, type ProblemKind, type Problems} from './problems.ts';
import {isReservedWord} from './reserved-words.ts';
import {type Token, tokenize} from './tokens.ts';
import type {Expression, NameSlot, Operand, PathTemplate} from './tree.ts';

const operatorsMax = 300;
const pathElementsMax = 32;
const listIndexMax = 2_147_483_647;
/** Deeper than anything with so few operators can be, and shallow enough for the stack. */
const nestingMax = 400;

/** What all grammars share: the place in the text, and what was found on the way. Methods throw at a syntax error. */
export class Parser {
  readonly problems: Problems = {};
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #keywords: ReadonlySet<string>;
  readonly #use: 'condition' | 'update' | 'projection';
  readonly #names = new Map<string, NameSlot>();
  readonly #values = new Map<string, number>();
  readonly #paths: PathTemplate[] = [];
  #at = 0;
  #operators = 0;
  #nesting = 0;

  /** `keywords`, in upper case, can't be names. */
  constructor(text: string, use: 'condition' | 'update' | 'projection', keywords: ReadonlySet<string>) {
    this.#text = text;
    this.#tokens = tokenize(text);
    this.#use = use;
    this.#keywords = keywords;
  }

  /** Ends the parse. Throws the first problem in AWS's order, or a syntax error where text is left over. */
  finish<Root, Derived>(root: Root, problemOrder: readonly ProblemKind[]): Expression<Root, Derived> {
    if (this.peek().kind !== 'end') throw this.syntaxError();
    const problem = firstProblem(this.problems, problemOrder);
    if (problem !== undefined) throw validationError(problem);
    return {
      root,
      names: [...this.#names.keys()],
      values: [...this.#values.keys()],
      paths: this.#paths,
      lastPaths: undefined,
    };
  }

  peek(): Token {
    return this.#tokens[this.#at]!;
  }

  isSymbol(symbol: string): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && token.text === symbol;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at++;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.syntaxError();
  }

  /** The keyword that stands here, in upper case. */
  peekKeyword(): string | undefined {
    const token = this.peek();
    if (token.kind !== 'name') return undefined;
    const word = token.text.toUpperCase();
    return this.#keywords.has(word) ? word : undefined;
  }

  takeKeyword(keyword: string): boolean {
    if (this.peekKeyword() !== keyword) return false;
    this.#at++;
    return true;
  }

  /** Shows the token that does not fit, and the text from the one before it to the one after it. */
  syntaxError() {
    const token = this.peek();
    const before = this.#tokens[this.#at - 1] ?? token;
    const after = this.#tokens[this.#at + 1];
    const end = after !== undefined && after.kind !== 'end' ? after.end : token.kind === 'end' ? before.end : token.end;
    return validationError(`Syntax error; token: "${token.text}", near: "${this.#text.slice(before.start, end)}"`);
  }

  countOperator(): void {
    this.#operators++;
    if (this.#operators > operatorsMax) {
      note(this.problems, 'operators', tooManyOperators);
    }
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#nesting === nestingMax) throw this.#tooDeep();
    this.#nesting++;
    const result = parse();
    this.#nesting--;
    return result;
  }

  noteParentheses(): void {
    note(this.problems, 'parentheses', redundantParentheses);
  }

  /** A path without parentheses. */
  parsePath(): Operand {
    return this.finishPath([this.#parseName()]);
  }

  /** Reads `.name` and `[index]` as long as there are any. */
  finishPath(elements: (string | number | NameSlot)[]): Operand {
    for (;;) {
      if (this.takeSymbol('.')) {
        elements.push(this.#parseName());
      } else if (this.isSymbol('[')) {
        this.#at++;
        elements.push(this.#parseIndex());
        this.expectSymbol(']');
      } else {
        break;
      }
    }
    if (elements.length > pathElementsMax) {
      note(this.problems, 'depth', `The document path has too many nesting levels; nesting levels: ${elements.length}`);
    }
    this.#paths.push(elements);
    return {kind: 'path', slot: this.#paths.length - 1};
  }

  /** Goes on with a path that stood in parentheses, if there is more of it: `(a.b).c`. */
  continuePath(operand: Operand): Operand {
    if (operand.kind !== 'path' || !(this.isSymbol('.') || this.isSymbol('['))) return operand;
    const elements = [...this.#paths[operand.slot]!];
    // It was the last path read, since nothing but parentheses stood after it.
    this.#paths.length--;
    return this.finishPath(elements);
  }

  /** Slot of the value placeholder that stands here. */
  parseValueSlot(): number {
    const token = this.peek();
    if (token.kind !== 'valueReference') throw this.syntaxError();
    this.#at++;
    let slot = this.#values.get(token.text);
    if (slot === undefined) {
      slot = this.#values.size;
      this.#values.set(token.text, slot);
    }
    return slot;
  }

  /** A path, value or call, in parentheses or not. */
  parseOperand(): Operand {
    return this.#parseOperand().operand;
  }

  /** A path, value or call, without parentheses around it. */
  parseBareOperand(): Operand {
    const token = this.peek();
    if (token.kind === 'valueReference') return {kind: 'value', slot: this.parseValueSlot()};
    const next = this.#tokens[this.#at + 1];
    if (token.kind === 'name' && next?.kind === 'symbol' && next.text === '(' && this.peekKeyword() === undefined) {
      return this.#parseCall(token.text);
    }
    return this.parsePath();
  }

  #parseOperand(): {operand: Operand; parenthesised: boolean} {
    if (!this.takeSymbol('(')) return {operand: this.parseBareOperand(), parenthesised: false};
    const inner = this.nested(() => this.#parseOperand());
    this.expectSymbol(')');
    if (inner.parenthesised) this.noteParentheses();
    const operand = this.continuePath(inner.operand);
    return {operand, parenthesised: operand === inner.operand};
  }

  #parseCall(name: string): Operand {
    this.#at += 2;
    this.countOperator();
    const args: Operand[] = [];
    do {
      const arg = this.nested(() => this.parseOperand());
      this.noteNestedCall(arg);
      args.push(arg);
    } while (this.takeSymbol(','));
    this.expectSymbol(')');
    const shape = functionShapes.get(name);
    if (shape === undefined) {
      note(this.problems, 'function', unknownFunction(name));
    } else if (shape.allowedIn !== this.#use) {
      const kind = this.#use === 'condition' ? 'a condition' : 'an update';
      note(this.problems, 'function', `The function is not allowed in ${kind} expression; function: ${name}`);
    }
    return {kind: 'call', name, args};
  }

  /** Only some functions may be operands. */
  noteNestedCall(operand: {kind: string; name?: string}): void {
    if (operand.kind === 'call' && functionShapes.get(operand.name!)?.nests === false) this.noteMisuse(operand.name!);
  }

  noteMisuse(name: string): void {
    note(
      this.problems,
      'misuse',
      `The function is not allowed to be used this way in an expression; function: ${name}`,
    );
  }

  #parseName(): string | NameSlot {
    const token = this.peek();
    if (token.kind === 'nameReference') {
      this.#at++;
      let slot = this.#names.get(token.text);
      if (slot === undefined) {
        slot = {slot: this.#names.size};
        this.#names.set(token.text, slot);
      }
      return slot;
    }
    if (token.kind !== 'name' || this.peekKeyword() !== undefined) throw this.syntaxError();
    this.#at++;
    if (isReservedWord(token.text)) {
      note(this.problems, 'name', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }

  #parseIndex(): number {
    const token = this.peek();
    if (token.kind !== 'integer') throw this.syntaxError();
    this.#at++;
    const index = Number(token.text);
    if (index > listIndexMax) {
      note(this.problems, 'name', `List index is not within the allowable range; index: [${token.text}]`);
    }
    return index;
  }

  /** The answer that AWS gives to the well-formed expressions that are so deep; syntax is not looked at any further. */
  #tooDeep() {
    let operators = 0;
    for (let i = 0; i < this.#tokens.length; i++) {
      const {kind, text} = this.#tokens[i]!;
      if (kind === 'symbol' && /^[=<>+-]/.test(text)) operators++;
      if (kind !== 'name') continue;
      const isCall = this.#tokens[i + 1]?.text === '(' && !this.#keywords.has(text.toUpperCase());
      if (isCall && !functionShapes.has(text)) return validationError(unknownFunction(text));
      if (isCall || this.#keywords.has(text.toUpperCase())) operators++;
    }
    return validationError(operators > operatorsMax ? tooManyOperators : redundantParentheses);
  }
}

const redundantParentheses = 'The expression has redundant parentheses;';
// The count stops at the first one too many: so AWS answers an expression with 909 (scylladb's test_limits.py).
const tooManyOperators = `The expression contains too many operators; operator count: ${operatorsMax + 1}`;

function unknownFunction(name: string): string {
  return `Invalid function name; function: ${name}`;
}
