import type pg from 'pg';
import type {Statement} from './statements.ts';

/** A row's columns as PostgreSQL writes them. */
export type Row = readonly (string | null)[];

export type Parameter = Buffer | string | number | null;

/** What pg's connection takes, which its types leave out. */
type WireConnection = pg.Connection & {
  bind(config: {statement: string; values: readonly Parameter[]; valueMapper: typeof asWritten}): void;
  parse(config: {name: string; text: string}): void;
  execute(config: object): void;
};

/**
 * One run of a prepared statement, in the place of pg's own query: pg takes queries of others' making (pg-cursor is one). It asks
 * for no description of the rows, which is known, and hands them over as they come: about half of what a statement costs a
 * node otherwise.
 */
export class PreparedQuery implements pg.Submittable {
  readonly name: string;
  readonly text: string;
  readonly callback: (error: Error | null) => void;
  readonly rows: Row[] = [];
  readonly #values: readonly Parameter[];
  readonly #isPrepared: boolean;

  /** `isPrepared`: this connection was told to prepare the statement, and did. */
  constructor(
    {name, text}: Statement,
    values: readonly Parameter[],
    isPrepared: boolean,
    callback: (error: Error | null) => void,
  ) {
    this.name = name;
    this.text = text;
    this.callback = callback;
    this.#values = values;
    this.#isPrepared = isPrepared;
  }

  /** Called by pg, as all that follows. */
  submit(connection: pg.Connection): void {
    const wire = connection as WireConnection;
    const {name, text} = this;
    // All messages in one write.
    wire.stream.cork();
    try {
      if (!this.#isPrepared) wire.parse({name, text});
      wire.bind({statement: name, values: this.#values, valueMapper: asWritten});
      wire.execute(noLimit);
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  handleDataRow(message: {fields: Row}): void {
    this.rows.push(message.fields);
  }

  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

const noLimit = {};

/** Buffers go in binary, all else as text. */
function asWritten(value: Parameter): Buffer | string | null {
  return typeof value === 'number' ? String(value) : value;
}
