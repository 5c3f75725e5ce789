import type {Awaitable} from '../../base/awaitable.ts';
import type {Clock} from '../../base/clock.ts';
import type {RequestToken} from './request-token.ts';

/**
 * The transactions that write and are under way in this process, by their tokens and by the items that they include. Checks
 * count: the developer guide ("Transaction conflict handling") speaks of requests that include an item, and AWS's storage
 * nodes mark what they check as what they write (USENIX ATC 2023, listing 3). What meets one of them is told of a conflict,
 * as by AWS. Nothing depends on it: the store's commits keep transactions apart (docs/decisions/0012).
 */
export class UnderWay {
  readonly #items = new Map<string, Transaction>();
  readonly #tokens = new Map<string, Transaction>();

  /** Is this item part of a transaction under way? Every write asks: while there is none, it costs a look at a size. */
  includes(key: Buffer): boolean {
    return this.#items.size > 0 && this.#items.has(textOf(key));
  }

  /** Runs a transaction that writes. Whatever it took is free again when `run` is done, however that ends. */
  run<R>(run: (transaction: Transaction) => Awaitable<R>): Awaitable<R> {
    const transaction = new Transaction(this.#items, this.#tokens);
    let outcome: Awaitable<R>;
    try {
      outcome = run(transaction);
    } catch (thrown) {
      transaction.letGo();
      throw thrown;
    }
    if (outcome instanceof Promise) return outcome.finally(() => transaction.letGo());
    transaction.letGo();
    return outcome;
  }
}

/** What a transaction wanted and others have. */
export interface Met {
  /** Another request under the same token: is it the same request? */
  token: 'none' | 'same' | 'other';
  /** Of each item. */
  items: readonly boolean[];
}

/** One transaction on its way, which may have to be planned more than once. */
export class Transaction {
  readonly #allItems: Map<string, Transaction>;
  readonly #allTokens: Map<string, Transaction>;
  #items: readonly string[] = [];
  #token: RequestToken | undefined;
  #hasWaited = false;

  constructor(allItems: Map<string, Transaction>, allTokens: Map<string, Transaction>) {
    this.#allItems = allItems;
    this.#allTokens = allTokens;
  }

  /** Items (distinct) and token are its own from now on, instead of all before; unless others have any of them. */
  take(keys: readonly Buffer[], token: RequestToken | undefined): Met | undefined {
    this.letGo();
    const items = keys.map(textOf);
    const holder = token && this.#allTokens.get(token.text);
    const sameOrOther = holder && (holder.#token!.parameters.equals(token.parameters) ? 'same' : 'other');
    if (sameOrOther || (this.#allItems.size > 0 && items.some(item => this.#allItems.has(item)))) {
      return {token: sameOrOther ?? 'none', items: items.map(item => this.#allItems.has(item))};
    }
    this.#items = items;
    this.#token = token;
    for (const item of items) this.#allItems.set(item, this);
    if (token) this.#allTokens.set(token.text, this);
    return undefined;
  }

  letGo(): void {
    for (const item of this.#items) this.#allItems.delete(item);
    if (this.#token) this.#allTokens.delete(this.#token.text);
    this.#items = [];
    this.#token = undefined;
  }

  /** What to wait for before it commits; undefined when there is nothing, or no more. */
  stretch(clock: Clock, ms: number): Promise<void> | undefined {
    if (ms <= 0 || this.#hasWaited) return undefined;
    this.#hasWaited = true;
    return new Promise(resolve => {
      clock.after(ms, resolve);
    });
  }
}

/** Item keys open with the id of their table, which is never used again: regions and re-created tables are apart. */
const textOf = (key: Buffer) => key.toString('latin1');
