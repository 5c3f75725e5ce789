import type {Awaitable} from '../../base/awaitable.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import type {Value, Write} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, doubled, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import type {WrittenItem} from '../items/written-item.ts';
import {distinctTables} from '../tables/distinct-tables.ts';
import {type CommitPlan, commitWithTables} from '../tables/with-tables.ts';
import {type CancellationReasons, onlyReason, reasonOf} from './cancellation.ts';
import {mustBeDistinct} from './must-be-distinct.ts';
import {type PlacedAction, placeAction, type TransactAction} from './place-action.ts';
import {planToken, type RequestToken, type TokenPlan} from './request-token.ts';

export interface TransactWrite {
  actions: readonly TransactAction[];
  token?: RequestToken | undefined;
}

export interface TransactedAction {
  consumed: Consumed;
  /** Undefined for what only checked, and for what a token kept from being done again. */
  written: WrittenItem | undefined;
}

export type TransactWriteOutcome =
  | {kind: 'written'; actions: TransactedAction[]}
  /** Done before under the same token, and not again. Consumed is what reading the items costs. */
  | {kind: 'replayed'; actions: TransactedAction[]}
  | {kind: 'cancelled'; reasons: CancellationReasons}
  /** The token stands for another request. */
  | {kind: 'mismatch'};

/**
 * All or nothing, in one commit, which also decides about the token. Tables are looked for first, then keys are held to
 * their schemas, then no item may be named twice, then all actions are decided (order: floci #3674, which was checked
 * against eu-west-2). Throws ResourceNotFoundException, and ValidationException for what refuses the request as a whole.
 */
export function transactWrite(engine: Engine, {actions, token}: TransactWrite): Awaitable<TransactWriteOutcome> {
  const {refs, places} = distinctTables(actions.map(action => action.table));
  return commitWithTables(engine, refs, tables => {
    const placed: PlacedAction[] = [];
    for (const [at, action] of actions.entries()) {
      try {
        placed.push(placeAction(tables[places[at]!]!, action));
      } catch (fault) {
        // The first such action alone gets a reason (floci #3674).
        return planCancelled(onlyReason(actions.length, at, reasonOf(fault)));
      }
    }
    mustBeDistinct(placed.map(({at}) => at.key));
    return planWrites(placed, token && planToken(engine, token));
  });
}

/** Nothing is read or written. */
export function planCancelled(reasons: CancellationReasons): CommitPlan<TransactWriteOutcome> {
  return {keys: [], decide: () => ({result: {kind: 'cancelled', reasons}, writes: []})};
}

/** `placed` are distinct. */
export function planWrites(
  placed: readonly PlacedAction[],
  token: TokenPlan | undefined,
): CommitPlan<TransactWriteOutcome> {
  const keys = placed.map(({at}) => at.key);
  if (token) keys.push(...token.keys);
  return {
    keys,
    decide: values => {
      const earlier = token ? token.earlierUse(values.slice(placed.length)) : 'none';
      if (earlier === 'other') return {result: {kind: 'mismatch'}, writes: []};
      if (earlier === 'same')
        return {result: {kind: 'replayed', actions: placed.map((_, at) => readAgain(values[at]))}, writes: []};

      const outcomes = placed.map((action, at) => action.decide(values[at]));
      const done: TransactedAction[] = [];
      const writes: Write[] = [];
      for (const outcome of outcomes) {
        if (outcome.reason) {
          return {result: {kind: 'cancelled', reasons: outcomes.map(({reason}) => reason)}, writes: []};
        }
        done.push({consumed: doubled(outcome.consumed), written: outcome.written});
        writes.push(...outcome.writes);
      }
      if (token) writes.push(token.firstUse());
      return {result: {kind: 'written', actions: done}, writes};
    },
  };
}

function readAgain(stored: Value | undefined): TransactedAction {
  return {consumed: doubled(consumedOfTable(readUnits(stored ? storedItemSize(stored) : 0, true))), written: undefined};
}
