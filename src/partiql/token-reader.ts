import {notWellFormed} from './not-well-formed.ts';
import {type Token, tokenize} from './tokens.ts';

/** Deeper than any statement that means something, and shallow enough for the stack. */
const nestingMax = 200;

/** The place in a statement. Methods throw at a syntax error. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nesting = 0;
  /** How many `?` were read. */
  parameters = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  isKeyword(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'keyword' && token.text === word;
  }

  /** Takes these keywords if all of them stand here. */
  takeKeywords(...words: string[]): boolean {
    if (!words.every((word, ahead) => this.isKeyword(word, ahead))) return false;
    this.#at += words.length;
    return true;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at++;
    return true;
  }

  expectSymbol(symbol: string, name: string): void {
    if (!this.takeSymbol(symbol)) throw notWellFormed(`Expected ${name}`);
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#nesting === nestingMax) throw notWellFormed();
    this.#nesting++;
    const result = parse();
    this.#nesting--;
    return result;
  }
}
