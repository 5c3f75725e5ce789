import {ServiceError} from '../../../src/model/service-error.ts';
import type {Chance} from '../chance.ts';

/**
 * A parser that is fed with many made-up inputs. Inputs are plain data (bytes as latin1 texts), so that one that fails can
 * be printed, made smaller and tried again; `check` leaves its input as it is.
 */
export interface ParserFuzz<Input> {
  name: string;
  generate(chance: Chance): Input;
  /** Undefined if the parser took the input, otherwise what it said against it. Throws where it broke a promise. */
  check(input: Input): string | undefined;
}

/** What a caller is told of a refusal; anything that is no ServiceError is a fault of ours, and thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof ServiceError && error.status < 500) return `${error.code} ${error.message}`;
  throw error;
}
