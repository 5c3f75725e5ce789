/** Where a token stands in a statement, counted in characters from 1. */
export interface Place {
  line: number;
  column: number;
  length: number;
}

/** The end of the messages that point into the statement. */
export function at({line, column, length}: Place): string {
  return ` at ${line}:${column}:${length}`;
}
