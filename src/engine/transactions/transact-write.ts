import type {Awaitable} from '../../base/awaitable.ts';
import type {Write} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, doubled} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import type {WrittenItem} from '../items/written-item.ts';
import {distinctTables} from '../tables/distinct-tables.ts';
import {type CommitPlan, commitWithTables} from '../tables/with-tables.ts';
import {type CancellationReasons, onlyReason, reasonOf} from './cancellation.ts';
import {withConflicts} from './conflict.ts';
import {mustBeDistinct} from './must-be-distinct.ts';
import {type PlacedAction, placeAction, type TransactAction} from './place-action.ts';
import {planToken, type RequestToken} from './request-token.ts';
import type {Transaction} from './under-way.ts';

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
  /** The token stands for another request, done or under way. */
  | {kind: 'mismatch'}
  /** The same request under the same token is under way. */
  | {kind: 'inProgress'};

/**
 * All or nothing, in one commit, which also decides about the token. Tables are looked for first, then keys are held to
 * their schemas, then no item may be named twice, then all actions are decided (order: floci #3674, which was checked
 * against eu-west-2); conflicts come in `planWrites`. Throws ResourceNotFoundException, and ValidationException for what
 * refuses the request as a whole.
 */
export function transactWrite(engine: Engine, {actions, token}: TransactWrite): Awaitable<TransactWriteOutcome> {
  const {refs, places} = distinctTables(actions.map(action => action.table));
  return engine.underWay.run(transaction =>
    commitWithTables(engine, refs, tables => {
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
      return planWrites(engine, transaction, placed, token);
    }),
  );
}

/** Nothing is written, and nothing read but the tables. */
export function planCancelled(reasons: CancellationReasons): CommitPlan<TransactWriteOutcome> {
  return {keys: [], readsOnly: true, decide: () => ({result: {kind: 'cancelled', reasons}, writes: []})};
}

/**
 * `placed` are distinct. From here on they and the token are under way. What meets others writes nothing, and is told by
 * what is stored now: of a token first, since to AWS that is what makes it the same request (a retry is told that the
 * request is still in progress, not that its own items are in conflict: aws-sdk-java-v2 #2518), then of its items.
 */
export function planWrites(
  engine: Engine,
  transaction: Transaction,
  placed: readonly PlacedAction[],
  requestToken: RequestToken | undefined,
): CommitPlan<TransactWriteOutcome> | Promise<void> {
  const keys = placed.map(({at}) => at.key);
  const met = transaction.take(keys, requestToken);
  if (!met) {
    const stretched = transaction.stretch(engine.clock, engine.lifecycle.transactionMs);
    if (stretched) return stretched;
  }
  const token = requestToken && planToken(engine, requestToken);
  if (token) keys.push(...token.keys);
  return {
    keys,
    ...(met && {readsOnly: true}),
    decide: values => {
      const earlier = token?.earlierUse(values.slice(placed.length));
      if (earlier?.kind === 'other') return {result: {kind: 'mismatch'}, writes: []};
      if (earlier?.kind === 'same') {
        return {result: {kind: 'replayed', actions: earlier.readUnits.map(readAgain)}, writes: []};
      }
      if (met && met.token !== 'none') {
        return {result: {kind: met.token === 'same' ? 'inProgress' : 'mismatch'}, writes: []};
      }

      const outcomes = placed.map((action, at) => action.decide(values[at]));
      if (met) {
        const reasons = outcomes.map(({reason}) => reason);
        return {result: {kind: 'cancelled', reasons: withConflicts(reasons, met.items)}, writes: []};
      }
      const done: TransactedAction[] = [];
      const imageUnits: number[] = [];
      const writes: Write[] = [];
      for (const outcome of outcomes) {
        if (outcome.reason) {
          return {result: {kind: 'cancelled', reasons: outcomes.map(({reason}) => reason)}, writes: []};
        }
        done.push({consumed: doubled(outcome.consumed), written: outcome.written});
        imageUnits.push(Math.ceil(outcome.consumed.table / writeUnitsPerReadUnit));
        writes.push(...outcome.writes);
      }
      if (token) writes.push(token.firstUse(imageUnits));
      return {result: {kind: 'written', actions: done}, writes};
    },
  };
}

/**
 * A replay costs what reading the larger image of each item would have cost at the first call, which is what its writing was
 * charged by, whatever the items are now: 18 write units, then 6 read units for a put that made an item of 9 KB smaller
 * (dynoxide's captures, eu-west-2, 2026-08-13).
 */
function readAgain(units: number): TransactedAction {
  return {consumed: doubled(consumedOfTable(units)), written: undefined};
}

/** A write unit is 1 KB, a read unit 4 KB. */
const writeUnitsPerReadUnit = 4;
