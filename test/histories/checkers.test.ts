import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import fc from 'fast-check';
import {checkHistory} from './check-history.ts';
import {checkLinearizable} from './check-linearizable.ts';
import {type Access, type History, historyFromJson, historyToJson, holds, type Operation} from './history.ts';
import {serialHistory} from './serial-history.ts';

type Row = [times: [number, number], accesses: Access[], outcome?: Operation['outcome']];
type Change = [item: string, before: number, after: number];

/** Each operation by a client of its own. */
function historyOf(rows: readonly Row[], changes: readonly Change[]): History {
  const operations = rows.map(([[invokedMs, completedMs], accesses, outcome = 'done'], id): Operation => {
    return {id, client: id, name: 'operation', invokedMs, completedMs, outcome, accesses};
  });
  const records = changes.map(([item, before, after], at) => ({shard: 's', sequence: `${at}`, item, before, after}));
  return {seed: 0, store: 'none', operations, stream: {shards: [{id: 's'}], records}};
}

const kindsOf = (history: History) => [...new Set(checkHistory(history).map(({kind}) => kind))];
const [x, y] = ['x', 'y'];
const always = Number.POSITIVE_INFINITY;
/** One operation that writes the first versions of both. */
const opening: Row = [
  [0, 1],
  [
    {item: x, left: 1},
    {item: y, left: 2},
  ],
];
const opened: Change[] = [
  [x, 0, 1],
  [y, 0, 2],
];

const planted: {name: string; kinds: string[]; history: History}[] = [
  {
    name: 'lost update',
    kinds: ['lost update (G-single)', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 5], [{item: x, saw: 1, left: 3}]], [[3, 6], [{item: x, saw: 1, left: 4}]]],
      [...opened, [x, 1, 3], [x, 3, 4]],
    ),
  },
  {
    name: 'dirty read: of a write that was refused in the end',
    kinds: ['aborted read', 'not linearizable'],
    history: historyOf([opening, [[2, 5], [{item: x, left: 3}], 'refused'], [[3, 4], [{item: x, saw: 3}]]], opened),
  },
  {
    name: 'dirty read: of what a write left in between (G1b)',
    kinds: ['garbage read', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 5], [{item: x, saw: 1, left: 3}]], [[3, 4], [{item: x, saw: 9}]]],
      [...opened, [x, 1, 3]],
    ),
  },
  {
    name: 'a refused write that is told of',
    kinds: ['aborted write'],
    history: historyOf([opening, [[2, 5], [{item: x, needs: 7, saw: 1, left: 3}], 'refused']], [...opened, [x, 1, 3]]),
  },
  {
    name: 'dirty write',
    kinds: ['dirty write (G0)'],
    history: historyOf(
      [
        opening,
        [
          [2, 5],
          [
            {item: x, left: 3},
            {item: y, left: 4},
          ],
        ],
        [
          [2, 5],
          [
            {item: x, left: 5},
            {item: y, left: 6},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [x, 3, 5], [y, 2, 6], [y, 6, 4]],
    ),
  },
  {
    name: 'circular information flow',
    kinds: ['circular information flow (G1c)'],
    history: historyOf(
      [
        opening,
        [
          [2, 5],
          [
            {item: x, left: 3},
            {item: y, saw: 4},
          ],
        ],
        [
          [2, 5],
          [
            {item: x, saw: 3},
            {item: y, left: 4},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [y, 2, 4]],
    ),
  },
  {
    name: 'fractured read of a transaction',
    kinds: ['fractured read (G-single)'],
    history: historyOf(
      [
        opening,
        [
          [2, 5],
          [
            {item: x, left: 3},
            {item: y, left: 4},
          ],
        ],
        [
          [3, 4],
          [
            {item: x, saw: 3},
            {item: y, saw: 2},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [y, 2, 4]],
    ),
  },
  {
    name: 'read skew over two transactions',
    kinds: ['read skew (G-single)'],
    history: historyOf(
      [
        opening,
        [[2, 9], [{item: x, saw: 1, left: 3}]],
        [
          [2, 9],
          [
            {item: x, saw: 3},
            {item: y, saw: 2, left: 4},
          ],
        ],
        [
          [2, 9],
          [
            {item: x, saw: 1},
            {item: y, saw: 4},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [y, 2, 4]],
    ),
  },
  {
    name: 'write skew',
    kinds: ['write skew (G2)'],
    history: historyOf(
      [
        opening,
        [
          [2, 5],
          [
            {item: x, saw: 1},
            {item: y, saw: 2, left: 4},
          ],
        ],
        [
          [2, 5],
          [
            {item: x, saw: 1, left: 3},
            {item: y, saw: 2},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [y, 2, 4]],
    ),
  },
  {
    name: 'stale read',
    kinds: ['stale read', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 3], [{item: x, saw: 1, left: 3}]], [[4, 5], [{item: x, saw: 1}]]],
      [...opened, [x, 1, 3]],
    ),
  },
  {
    name: 'stale read of a deletion',
    kinds: ['stale read', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 3], [{item: x, saw: 1, left: 0}]], [[4, 5], [{item: x, saw: 1}]]],
      [...opened, [x, 1, 0]],
    ),
  },
  {
    name: 'an acknowledged write is lost',
    kinds: ['gap in the log', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 3], [{item: x, saw: 1, left: 3}]], [[4, 5], [{item: x, saw: 1, left: 4}]]],
      [...opened, [x, 1, 4]],
    ),
  },
  {
    name: 'a read of what is written later',
    kinds: ['read of the future', 'not linearizable'],
    history: historyOf(
      [opening, [[2, 3], [{item: x, saw: 3}]], [[4, 5], [{item: x, saw: 1, left: 3}]]],
      [...opened, [x, 1, 3]],
    ),
  },
  {
    name: 'a transaction that takes effect twice against time',
    kinds: ['not strictly serializable'],
    // Each item alone is linearizable, and so are both without time.
    history: historyOf(
      [
        opening,
        [[2, 9], [{item: x, saw: 1, left: 3}]],
        [[2, 3], [{item: x, saw: 3}]],
        [[4, 9], [{item: y, saw: 2, left: 4}]],
        [
          [2, 9],
          [
            {item: x, saw: 1},
            {item: y, saw: 4},
          ],
        ],
      ],
      [...opened, [x, 1, 3], [y, 2, 4]],
    ),
  },
  {
    name: 'half of a transaction whose answer was lost',
    kinds: ['gap in the log'],
    history: historyOf(
      [
        opening,
        [
          [2, always],
          [
            {item: x, left: 3},
            {item: y, left: 4},
          ],
          'unknown',
        ],
      ],
      [...opened, [x, 1, 3]],
    ),
  },
  {
    name: 'a condition is passed over',
    kinds: ['condition judged wrongly'],
    history: historyOf([opening, [[2, 5], [{item: x, saw: 1, needs: 0, left: 3}]]], [...opened, [x, 1, 3]]),
  },
  {
    name: 'a condition that holds is refused',
    kinds: ['condition judged wrongly'],
    history: historyOf([opening, [[2, 5], [{item: x, saw: 1, needs: 'any', left: 3}], 'refused']], opened),
  },
  {
    name: 'a gap in the log',
    kinds: ['gap in the log'],
    history: historyOf(
      [opening, [[2, 3], [{item: x, saw: 1, left: 3}]], [[4, 5], [{item: x, saw: 3, left: 4}]]],
      [...opened, [x, 3, 4]],
    ),
  },
  {
    name: 'a gap at the end of the log',
    kinds: ['gap in the log'],
    history: historyOf([opening, [[2, 3], [{item: x, saw: 1, left: 0}]]], opened),
  },
  {
    name: 'a repeated record',
    kinds: ['repeated record'],
    history: historyOf([opening, [[2, 3], [{item: x, saw: 1, left: 3}]]], [...opened, [x, 1, 3], [x, 1, 3]]),
  },
  {
    name: 'the stream tells another order than the client wrote',
    kinds: ['session order'],
    history: sameClient(
      historyOf(
        [opening, [[2, 3], [{item: x, left: 3}]], [[4, 5], [{item: x, left: 4}]]],
        [...opened, [x, 1, 4], [x, 4, 3]],
      ),
    ),
  },
];

function sameClient(history: History): History {
  return {...history, operations: history.operations.map(operation => ({...operation, client: 0}))};
}

describe('an anomaly that is planted is found, and named', () => {
  for (const {name, kinds, history} of planted) {
    test(name, () => {
      const found = kindsOf(history);
      for (const kind of kinds) assert.ok(found.includes(kind), `${kind}: ${JSON.stringify(found)}`);
    });
  }
});

test('reordered records, and records in a shard that does not go on from the last one', () => {
  const history = historyOf(
    [opening, [[2, 3], [{item: x, saw: 1, left: 3}]], [[4, 5], [{item: x, saw: 3, left: 4}]]],
    [...opened, [x, 1, 3], [x, 3, 4]],
  );
  assert.deepEqual(kindsOf(history), []);
  const {records} = history.stream;
  const [, , third, fourth] = records;
  const swapped = [...records.slice(0, 2), fourth!, third!];
  assert.ok(kindsOf({...history, stream: {...history.stream, records: swapped}}).includes('reordered records'));
  const elsewhere = {
    shards: [{id: 's'}, {id: 'other'}],
    records: records.map(record => (record === fourth ? {...record, shard: 'other'} : record)),
  };
  assert.deepEqual(kindsOf({...history, stream: elsewhere}), ['stray record']);
  const child = {...elsewhere, shards: [{id: 's'}, {id: 'other', parent: 's'}]};
  assert.deepEqual(kindsOf({...history, stream: child}), []);
});

test('what a server may answer that does one thing after the other has no problem', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const history = serialHistory(seed);
    assert.deepEqual(checkHistory(history), [], `seed ${seed}`);
    assert.deepEqual(historyFromJson(historyToJson(history)), history);
  }
});

test('thousands of operations of many clients are checked, on few items', () => {
  assert.deepEqual(checkHistory(serialHistory(1, 2_000, 24, 6)), []);
});

/** Breaks a sound history in one place; undefined where there is none for it. */
type Breaker = (history: History, at: (count: number) => number) => History | undefined;

const breakers: Record<string, Breaker> = {
  'a read sees what was replaced before it was asked for': (history, at) => {
    const {operations, stream} = history;
    const choices = operations.flatMap(operation => {
      if (operation.outcome !== 'done') return [];
      return operation.accesses.flatMap(access => {
        const told =
          access.saw &&
          access.left === undefined &&
          stream.records.find(({item, after}) => item === access.item && after === access.saw);
        if (!told || told.before === 0) return [];
        const writer = operations.find(({accesses}) =>
          accesses.some(({item, left}) => item === access.item && left === access.saw),
        );
        return writer && writer.completedMs < operation.invokedMs ? [{operation, access, before: told.before}] : [];
      });
    });
    if (choices.length === 0) return undefined;
    const {operation, access, before} = choices[at(choices.length)]!;
    const accesses = operation.accesses.map(one => (one === access ? {...one, saw: before} : one));
    return {...history, operations: operations.map(one => (one === operation ? {...one, accesses} : one))};
  },
  'a record is missing': ({stream, ...history}, at) => {
    const {records} = stream;
    const gone = at(records.length);
    const lost = records[gone]!;
    // A deletion that nobody saw, with nothing after it, leaves no trace.
    const isTraced =
      lost.after !== 0 &&
      history.operations.some(
        ({outcome, accesses}) =>
          outcome === 'done' && accesses.some(({item, left}) => item === lost.item && left === lost.after),
      );
    return isTraced
      ? {...history, stream: {...stream, records: records.filter((_, other) => other !== gone)}}
      : undefined;
  },
  'a record comes twice': ({stream, ...history}, at) => {
    const {records} = stream;
    const twice = at(records.length);
    return {...history, stream: {...stream, records: [...records.slice(0, twice + 1), ...records.slice(twice)]}};
  },
  'two records of an item change places': ({stream, ...history}, at) => {
    const records = [...stream.records];
    const first = at(records.length);
    const second = records.findIndex(
      ({item, shard}, other) => other > first && item === records[first]!.item && shard === records[first]!.shard,
    );
    if (second < 0) return undefined;
    [records[first], records[second]] = [records[second]!, records[first]!];
    return {...history, stream: {...stream, records}};
  },
};

for (const [name, breaker] of Object.entries(breakers)) {
  test(`a history in which ${name} has a problem`, () => {
    let broken = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const history = breaker(serialHistory(seed), count => (seed * 7919) % count);
      if (!history) continue;
      broken++;
      assert.notDeepEqual(checkHistory(history), [], `seed ${seed}`);
    }
    assert.ok(broken > 75, `${broken}`);
  });
}

/** By trying every order of every choice of what is unknown. */
function isLinearizable(operations: readonly Operation[], version = 0): boolean {
  const known = operations.filter(({outcome}) => outcome !== 'unknown');
  if (known.length === 0) return true;
  const firstEnd = Math.min(...known.map(({completedMs}) => completedMs));
  return operations.some(operation => {
    if (operation.invokedMs > firstEnd) return false;
    const {saw, left, needs} = operation.accesses[0]!;
    if (saw !== undefined && saw !== version) return false;
    if (operation.outcome !== 'refused' && needs !== undefined && !holds(needs, version)) return false;
    const next = operation.outcome === 'refused' ? version : (left ?? version);
    return isLinearizable(
      operations.filter(other => other !== operation),
      next,
    );
  });
}

test('the search says the same as trying every order, of small random histories right and wrong', () => {
  const row = fc.record({
    invokedMs: fc.integer({min: 0, max: 12}),
    lastsMs: fc.integer({min: 1, max: 8}),
    outcome: fc.constantFrom<Operation['outcome']>('done', 'done', 'done', 'refused', 'unknown'),
    saw: fc.option(fc.integer({min: 0, max: 4}), {nil: undefined}),
    writes: fc.constantFrom('version', 'version', 'nothing', 'deletion'),
    needs: fc.option(fc.constantFrom<Access['needs']>(0, 1, 2, 'any'), {nil: undefined, freq: 3}),
  });
  let [right, wrong] = [0, 0];
  fc.assert(
    fc.property(fc.array(row, {minLength: 1, maxLength: 6}), rows => {
      const operations = rows.map(({invokedMs, lastsMs, outcome, saw, writes, needs}, id): Operation => {
        const access: Access = {item: x};
        if (writes !== 'nothing' || saw === undefined) access.left = writes === 'deletion' ? 0 : id + 1;
        // What is unknown was not answered.
        if (saw !== undefined && outcome !== 'unknown') access.saw = saw;
        if (needs !== undefined && outcome !== 'refused') access.needs = needs;
        const completedMs = outcome === 'unknown' ? always : invokedMs + lastsMs;
        return {id, client: id, name: 'operation', invokedMs, completedMs, outcome, accesses: [access]};
      });
      const expected = isLinearizable(operations);
      if (expected) right++;
      else wrong++;
      const history: History = {seed: 0, store: '', operations, stream: {shards: [], records: []}};
      assert.equal(checkLinearizable(history).length === 0, expected);
    }),
    {numRuns: 10_000},
  );
  assert.ok(right > 1_000 && wrong > 1_000, `${right} right, ${wrong} wrong`);
});
