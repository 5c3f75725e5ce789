import pg from 'pg';
import {assert} from '../../base/assert.ts';
import {NoAnswerError} from './failures.ts';
import {type Parameter, PreparedQuery, type Row} from './prepared-query.ts';
import type {Statement} from './statements.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const warningCode = '01000';

const asText = {getTypeParser: () => (text: string) => text} as unknown as pg.CustomTypesConfig;

/**
 * A connection of pg's, and who waits for its answer: one statement at a time.
 *
 * A commit that waits for a standby and is told to stop waiting (pg_cancel_backend) succeeds with no more than a warning,
 * though it is on no other server: it may be lost yet. So a warning is as good as no answer.
 */
export class Session {
  readonly client: pg.PoolClient;
  /**
   * Which running server it is to: no other has the same, nor has this one once it is started anew. (What is visible stays when
   * one of its processes crashes, so that need not show.)
   */
  server = '';
  /** When the statement under way was sent, by `performance.now()`, which nobody sets; undefined while there is none. */
  askedMs: number | undefined;
  /** When it was last given back, by the same. */
  idleSinceMs = 0;
  /** The other end is gone, or a statement failed: what it has prepared is not known any more. */
  isBroken = false;
  /** Names of statements. */
  readonly #prepared = new Set<string>();
  #warning: string | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(client: pg.PoolClient) {
    this.client = client;
    // The statement under way has somebody to tell; an idle connection is replaced when the next one is needed.
    client.on('error', () => {
      this.isBroken = true;
    });
    client.on('notice', (notice: {code?: string | undefined; message?: string | undefined}) => {
      if (notice.code === warningCode) this.#warning = notice.message ?? '';
    });
  }

  /** Prepared when first used, with parameters in binary. */
  run(statement: Statement, parameters: readonly Parameter[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#ask(reject);
      const query = new PreparedQuery(statement, parameters, this.#prepared.has(statement.name), error => {
        if (!error) this.#prepared.add(statement.name);
        if (this.#isAnswered(reject, error)) resolve(query.rows);
      });
      this.client.query(query);
    });
  }

  /** Several statements without parameters; the rows of the last. */
  script(text: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#ask(reject);
      const asked = {text, rowMode: 'array' as const, types: asText};
      this.client.query(asked, (error: Error | null, answer: unknown) => {
        if (!this.#isAnswered(reject, error)) return;
        const results = answer as {rows: Row[]} | {rows: Row[]}[];
        resolve((Array.isArray(results) ? results.at(-1)! : results).rows);
      });
    });
  }

  /** It has waited for too long: whether the statement is done nobody knows. */
  giveUp(reason = 'no answer in time'): void {
    this.#fail?.(new NoAnswerError(reason));
    this.#settle();
  }

  #ask(reject: (error: Error) => void): void {
    assert(this.#fail === undefined, 'a connection has one statement at a time');
    this.#warning = undefined;
    this.#fail = reject;
    this.askedMs = performance.now();
  }

  #settle(): void {
    this.#fail = undefined;
    this.askedMs = undefined;
  }

  /** False where it is rejected, or was given up before. */
  #isAnswered(reject: (error: Error) => void, error: Error | null): boolean {
    if (this.#fail !== reject) return false;
    this.#settle();
    if (error) this.isBroken = true;
    if (error) reject(asTold(error));
    else if (this.#warning !== undefined) reject(new NoAnswerError(this.#warning));
    return !error && this.#warning === undefined;
  }
}

/** What the client throws besides is of the connection, unless it is a fault in the program. */
function asTold(error: Error): Error {
  const isTold = error instanceof pg.DatabaseError || error instanceof TypeError || error instanceof RangeError;
  return isTold ? error : new NoAnswerError(error.message, {cause: error});
}
