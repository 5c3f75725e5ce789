import assert from 'node:assert/strict';
import type {Answer} from '../harness/call.ts';
import type {Access, Operation, Version} from './history.ts';
import type {Request, Session, WireItem} from './random-request.ts';

/** What became of a request. `lost`: no answer came; `never sent`: nobody was there to take it. */
export type Reply = {kind: 'answer'; answer: Answer} | {kind: 'lost'} | {kind: 'never sent'};

export interface Recorder {
  /** Asks, and notes what came of it and when. Returns whether there was an answer that says what happened. */
  note(client: number, session: Session, request: Request, ask: () => Promise<Reply>): Promise<boolean>;
  /** In the order in which they were asked for. */
  operations(): Operation[];
}

const refusals = /#(ConditionalCheckFailedException|TransactionCanceledException)$/;
/** With a transaction under way: nothing was done, nor anything seen. */
const conflicts = /#(TransactionConflictException|TransactionInProgressException)$/;
const nothing = {kind: 'nothing'} as const;

/** Of what did not happen; a condition is no longer of interest. */
const unseen = ({item, left}: Access): Access => ({item, ...(left !== undefined && {left})});

/** Notes operations by one clock, which began when this was called. */
export function newRecorder(): Recorder {
  const startMs = performance.now();
  const nowMs = () => performance.now() - startMs;
  const operations: Operation[] = [];
  /** What items themselves tell of what was there before them. */
  const told = new Map<string, Version>();

  function versionOf(item: string, found: WireItem | null): Version {
    if (found === null) return 0;
    const version = Number(found.v?.N);
    if (found.replaced) told.set(`${item} ${version}`, Number(found.replaced.N));
    // Which nobody wrote.
    return found.v?.N === found.w?.N && `${found.p.S}/${found.s.N}` === item ? version : -version;
  }

  /** The accesses, with what the answer shows. */
  function witnessed(request: Request, body: unknown): Access[] {
    const seen = request.seen(body);
    return request.accesses.map((access, at) => {
      const found = seen[at];
      const {item, left, needs} = access;
      // Who holds to a version and was let through saw it.
      if (found === undefined) return typeof needs === 'number' ? {...access, saw: needs} : access;
      const version = versionOf(item, found);
      if (!request.showsNew) {
        // Nothing to delete is nothing deleted.
        return left === 0 && version === 0
          ? {item, ...(needs !== undefined && {needs}), saw: 0}
          : {...access, saw: version};
      }
      return {...access, saw: version === left && found?.replaced ? Number(found.replaced.N) : -Math.abs(version)};
    });
  }

  /** Of conditions that failed, what was there instead. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  function refused({accesses}: Request, body: any): Access[] {
    const reasons: {Code: string; Item?: WireItem}[] = body.CancellationReasons ?? [
      {Code: 'ConditionalCheckFailed', Item: body.Item},
    ];
    return accesses.map((access, at) => {
      const {Code, Item} = reasons[at]!;
      assert.match(Code, /^(None|ConditionalCheckFailed|TransactionConflict)$/);
      // Of a condition that was not named as failed nothing is known.
      if (Code !== 'ConditionalCheckFailed') return unseen(access);
      return {...access, saw: versionOf(access.item, Item ?? null)};
    });
  }

  function outcomeOf(
    request: Request,
    reply: Reply,
  ): {outcome: Operation['outcome']; accesses: Access[]} | typeof nothing {
    if (reply.kind === 'never sent') return nothing;
    const {status, body} = reply.kind === 'answer' ? reply.answer : {status: 0, body: {}};
    if (status === 200) {
      assert.deepEqual(body.UnprocessedKeys ?? {}, {}, 'nothing that a batch reads is left undone');
      return {outcome: 'done', accesses: witnessed(request, body)};
    }
    if (status === 400 && conflicts.test(body.__type)) {
      return {outcome: 'refused', accesses: request.accesses.map(unseen)};
    }
    if (status === 400) {
      assert.match(body.__type, refusals, `${request.name}: ${JSON.stringify(body)}`);
      return {outcome: 'refused', accesses: refused(request, body)};
    }
    if (status !== 0) assert.match(body.__type, /#(InternalServerError|ServiceUnavailable)$/, JSON.stringify(body));
    // 503 promises that nothing was done.
    if (status === 503) return {outcome: 'refused', accesses: request.accesses.map(unseen)};
    return {outcome: 'unknown', accesses: request.accesses};
  }

  return {
    async note(client, {known}, request, ask) {
      const invokedMs = nowMs();
      const reply = await ask();
      const answeredMs = nowMs();
      const result = outcomeOf(request, reply);
      if ('kind' in result) return false;
      const {outcome, accesses} = result;
      const isKnown = outcome !== 'unknown';
      const {about, isBatch} = request;
      const name = about === undefined ? request.name : `${request.name} ${about}`;
      const completedMs = isKnown ? answeredMs : Number.POSITIVE_INFINITY;
      const leftUndone =
        reply.kind === 'answer' && outcome === 'done' ? request.leftUndone?.(reply.answer.body) : undefined;
      const note = (became: Operation['outcome'], part: Access[]) => {
        operations.push({id: 0, client, name, invokedMs, completedMs, outcome: became, accesses: part});
        for (const {item, saw, left} of part) {
          const version = (became === 'done' ? left : undefined) ?? saw;
          if (version !== undefined) known.set(item, version);
        }
      };
      if (!isBatch) note(outcome, accesses);
      else
        for (const [at, access] of accesses.entries()) {
          if (leftUndone?.[at]) note('refused', [unseen(access)]);
          else note(outcome, [access]);
        }
      return isKnown && !(reply.kind === 'answer' && reply.answer.status === 503);
    },

    operations() {
      const sorted = [...operations].sort((a, b) => a.invokedMs - b.invokedMs);
      return sorted.map((operation, id) => ({
        ...operation,
        id,
        accesses: operation.accesses.map(access => withTold(operation, access)),
      }));
    },
  };

  function withTold({outcome}: Operation, access: Access): Access {
    const before = access.left && outcome !== 'refused' ? told.get(`${access.item} ${access.left}`) : undefined;
    if (before === undefined || access.saw === before) return access;
    // Two stories of one write can't both be true.
    return {...access, saw: access.saw === undefined ? before : -1};
  }
}
