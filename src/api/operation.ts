import type {Awaitable} from '../base/awaitable.ts';
import type {Engine} from '../engine/engine.ts';
import type {ItemPath} from '../model/parse-around-items.ts';
import type {WireBody, WireRequest} from './wire.ts';

/** Who asks, and of which region: taken from the request's credential scope. */
export interface Caller {
  accessKeyId: string;
  region: string;
  /** The account that all tables here belong to. */
  accountId: string;
}

/** An IAM action on a resource, by its ARN. */
export interface Permission {
  action: string;
  resource: string;
}

/** An answer that holds stored bytes. Any other object is answered as its JSON. */
export class RawAnswer {
  readonly body: WireBody;
  constructor(body: WireBody) {
    this.body = body;
  }
}

/**
 * One operation, whole. `handle.ts` has already held the body to the generated shape (JSON types and constraints), so
 * `parse` sees a well-typed `Wire`, turns wire names into ours, and makes the checks that need no table.
 */
export interface Operation<Wire = never, Input = never> {
  name: string;
  /** Which of the two services it belongs to: they share a door, but have targets of their own. Absent: tables. */
  service?: 'tables' | 'streams';
  /**
   * What stands before the message when `parse` refuses: the newer operations of AWS report what they find before they
   * look for the table inside the envelope of their constraint checks (paritysuite valueLayers, October 2026).
   */
  envelope?: string;
  /** Where items stand in its input that `parse` takes as `ItemText` as well. */
  items?: ItemPath;
  parse(wire: Wire, caller: Caller): Input;
  /** What the caller must be allowed to do. */
  permissions(input: Input, engine: Engine, caller: Caller): readonly Permission[];
  /** `request` is for the few that answer about the request itself. */
  run(engine: Engine, input: Input, caller: Caller, request?: WireRequest): Awaitable<object>;
}

/** Keeps the types of one operation together while it is written; the registry holds them without their types. */
export function defineOperation<Wire, Input>(operation: Operation<Wire, Input>): Operation<Wire, Input> {
  return operation;
}
