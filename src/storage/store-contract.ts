import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import fc from 'fast-check';
import {type Area, areas, type CopyableStore, type RawEntry} from './copyable-store.ts';
import {encodeNumbers} from './numbers-bytes.ts';
import {type KeyRange, keyBytesMax, type ScanLimits, type ScanPage, type Store, type Write} from './store.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const put = (key: string, value: string): Write => ({kind: 'put', key: bytes(key), value: bytes(value)});
const drop = (key: string): Write => ({kind: 'delete', key: bytes(key)});
const append = (log: string, record: string): Write => ({kind: 'append', log: bytes(log), record: bytes(record)});
const add = (counter: string, ...amounts: number[]): Write => ({kind: 'add', counter: bytes(counter), amounts});
const range = (start: string, end: string): KeyRange => ({start: bytes(start), end: bytes(end)});
const everything: KeyRange = {start: Buffer.from([0]), end: Buffer.alloc(keyBytesMax, 0xff)};
const whole: ScanLimits = {reverse: false, entriesMax: 1_000_000, bytesMax: 1_000_000_000};

/** What a driver does not promise. */
export interface Exceptions {
  /** A page that goes over several partitions may mix moments. */
  pagesMixMoments?: boolean;
}

/** The promises of `Store`, as tests. `open` gives an empty store; what must be cleaned up goes into `t.after`. */
export function storeContract(
  name: string,
  open: (t: TestContext) => Promise<CopyableStore>,
  {pagesMixMoments = false}: Exceptions = {},
): void {
  const clause = (text: string, check: (store: CopyableStore) => Promise<void>) =>
    test(`${name}: ${text}`, async t => {
      const store = await open(t);
      try {
        await check(store);
      } finally {
        await store.close();
      }
    });

  clause('a value that was put is read, one that was deleted or never put is not', async store => {
    await write(store, put('a', '1'), put('b', '2'));
    assert.deepEqual(await readTexts(store, 'b', 'x', 'a'), ['2', undefined, '1']);
    await write(store, drop('a'), put('b', '3'), drop('never there'));
    assert.deepEqual(await readTexts(store, 'a', 'b'), [undefined, '3']);
    assert.deepEqual(await store.read([]), []);
  });

  clause('a commit hands over the result and the values of its keys, in their order', async store => {
    await write(store, put('a', '1'));
    const seen = await store.commit([bytes('b'), bytes('a'), bytes('a')], values => ({
      result: values.map(text),
      writes: [],
    }));
    assert.deepEqual(seen, [undefined, '1', '1']);
  });

  clause('empty values are values', async store => {
    await write(store, put('empty', ''));
    assert.deepEqual(await readTexts(store, 'empty'), ['']);
    assert.equal((await store.scan(everything, whole)).values[0]?.length, 0);
  });

  clause('keys are any bytes, in the order of unsigned bytes, up to keyBytesMax of them', async store => {
    const keys = [
      Buffer.from([0]),
      Buffer.from([0, 0]),
      Buffer.from([0, 0xff]),
      Buffer.from([1]),
      Buffer.from([0x7f, 0x80]),
      Buffer.from([0x80]),
      Buffer.alloc(keyBytesMax - 1, 0xc3),
      Buffer.alloc(keyBytesMax, 0xc3),
      Buffer.from([0xff, 0xfe]),
    ];
    const shuffled = [4, 8, 0, 2, 6, 1, 3, 7, 5].map(place => keys[place]!);
    await store.commit([], () => ({
      result: 0,
      writes: shuffled.map((key): Write => ({kind: 'put', key, value: key.subarray(0, 3)})),
    }));
    const page = await store.scan({start: Buffer.from([0]), end: Buffer.from([0xff, 0xff])}, whole);
    assert.deepEqual(page.keys, keys);
    assert.deepEqual(
      await store.read(keys),
      keys.map(key => key.subarray(0, 3)),
    );
    const logKey = Buffer.alloc(keyBytesMax, 0xc4);
    await store.commit([], () => ({result: 0, writes: [{kind: 'append', log: logKey, record: bytes('r')}]}));
    assert.deepEqual((await logOf(store, logKey)).records, ['r']);
  });

  clause('a key that is empty or too long fails the commit and changes nothing', async store => {
    for (const key of [Buffer.alloc(0), Buffer.alloc(keyBytesMax + 1, 1)]) {
      await assert.rejects(async () =>
        store.commit([], () => ({result: 0, writes: [put('a', '1'), {kind: 'put', key, value: bytes('v')}]})),
      );
    }
    assert.deepEqual(await readTexts(store, 'a'), [undefined]);
  });

  clause('values of a megabyte and more come back whole', async store => {
    const values = [1 << 20, 3_000_001].map(size => Buffer.alloc(size, Buffer.from('stator\0\xff', 'latin1')));
    await store.commit([], () => ({
      result: 0,
      writes: values.map((value, i): Write => ({kind: 'put', key: bytes(`big${i}`), value})),
    }));
    const read = await store.read([bytes('big0'), bytes('big1')]);
    const {values: scanned} = await store.scan(range('big', 'bih'), whole);
    await store.commit([bytes('big0'), bytes('big1')], seen => {
      assert.ok(values.every((value, i) => value.equals(seen[i]!)));
      return {result: 0, writes: []};
    });
    assert.ok(values.every((value, i) => value.equals(read[i]!) && value.equals(scanned[i]!)));
  });

  clause('values that were read stay as they are while the store goes on', async store => {
    await write(store, put('a', 'old'), put('b', 'old too'));
    const [read] = await store.read([bytes('a')]);
    const {keys, values} = await store.scan(everything, whole);
    for (let i = 0; i < 5; i++) {
      await write(store, put('a', `new${i}`), drop('b'));
      await store.read([bytes('a')]);
      await store.scan(everything, whole);
    }
    assert.deepEqual([read, ...values, ...keys].map(text), ['old', 'old', 'old too', 'a', 'b']);
  });

  clause('a refusal writes nothing', async store => {
    await write(store, put('a', '1'));
    assert.equal(await store.commit([bytes('a')], () => ({result: 'no', writes: []})), 'no');
    assert.deepEqual(await readTexts(store, 'a'), ['1']);
  });

  clause('a decision that throws fails its own commit only, and changes nothing', async store => {
    const thrown = new Error('of the caller');
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3].map(async i =>
        store.commit([bytes('n')], ([value]) => {
          if (i === 2) throw thrown;
          return {result: i, writes: [put('n', `${text(value) ?? ''}${i}`), append('log', `${i}`), add('sum', 1)]};
        }),
      ),
    );
    assert.deepEqual(
      outcomes.map(outcome => outcome.status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((outcomes[2] as PromiseRejectedResult).reason, thrown);
    const [n] = await readTexts(store, 'n');
    assert.deepEqual([...n!].sort(), ['0', '1', '3']);
    assert.deepEqual((await logOf(store, bytes('log'))).records.join(''), n);
    assert.deepEqual(await store.counters([bytes('sum')]), [[3]]);
  });

  clause('concurrent increments lose nothing', async store => {
    const results = await Promise.all(Array.from({length: 200}, async () => increment(store, 'n')));
    assert.deepEqual(await readTexts(store, 'n'), ['200']);
    assert.deepEqual(
      results.sort((a, b) => a - b),
      Array.from({length: 200}, (_, i) => i + 1),
    );
  });

  clause('commits on several keys keep what they keep equal', async store => {
    // Moves between two accounts: every reader sees the same sum, whatever is under way.
    await write(store, put('a', '100'), put('b', '100'));
    const moves = Array.from({length: 100}, async (_, i) =>
      store.commit([bytes('a'), bytes('b')], ([a, b]) => ({
        result: 0,
        writes: [put('a', `${Number(text(a)) - i}`), put('b', `${Number(text(b)) + i}`)],
      })),
    );
    for (let i = 0; i < 20; i++) {
      const [a, b] = await readTexts(store, 'a', 'b');
      assert.equal(Number(a) + Number(b), 200);
      const {values} = await store.scan(range('a', 'c'), whole);
      if (!pagesMixMoments) assert.equal(Number(text(values[0])) + Number(text(values[1])), 200);
      await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(moves);
    assert.deepEqual(await readTexts(store, 'a', 'b'), ['-4850', '5050']);
  });

  clause('each read holds every commit that was acknowledged before it', async store => {
    for (let i = 1; i <= 50; i++) {
      await write(store, put('n', `${i}`));
      assert.deepEqual(await readTexts(store, 'n'), [`${i}`]);
      assert.deepEqual((await store.scan(range('n', 'o'), whole)).values.map(text), [`${i}`]);
    }
  });

  clause('log positions rise in commit order', async store => {
    const order: number[] = [];
    await Promise.all(
      Array.from({length: 100}, async (_, i) => {
        const place = await store.commit([bytes('place')], ([value]) => {
          const next = Number(text(value) ?? '0') + 1;
          return {result: next, writes: [put('place', `${next}`), append('log', `${i}`), append('log', `${i}!`)]};
        });
        order[place - 1] = i;
      }),
    );
    const {positions, records} = await logOf(store, bytes('log'));
    assert.deepEqual(
      records,
      order.flatMap(i => [`${i}`, `${i}!`]),
    );
    assert.ok(positions.every((position, i) => i === 0 || position > positions[i - 1]!));
  });

  clause('logs are apart from each other, and a log that was emptied goes on where it was', async store => {
    await write(store, append('x', '1'), append('y', '1'), append('x', '2'));
    const before = await logOf(store, bytes('x'));
    await store.commit([], () => ({
      result: 0,
      writes: before.keys.map((key): Write => ({kind: 'delete', key})),
    }));
    await write(store, append('x', '3'));
    const after = await logOf(store, bytes('x'));
    assert.deepEqual(after.records, ['3']);
    assert.ok(after.positions[0]! > before.positions[1]!);
    assert.deepEqual((await logOf(store, bytes('y'))).records, ['1']);
  });

  clause('no reader sees a position before an earlier one is visible', async store => {
    const commits = Array.from({length: 200}, (_, i) => async () => write(store, append('log', `${i}`)));
    let done = false;
    const writing = Promise.all(commits.map(commit => commit())).then(() => {
      done = true;
    });
    // What a reader saw stays a prefix of what later readers see.
    let seen: bigint[] = [];
    while (!done) {
      const {positions} = await logOf(store, bytes('log'));
      assert.deepEqual(positions.slice(0, seen.length), seen);
      seen = positions;
      await new Promise(resolve => setImmediate(resolve));
    }
    await writing;
    assert.equal((await logOf(store, bytes('log'))).positions.length, 200);
  });

  clause('counters add up, place by place, and lie apart from keys', async store => {
    assert.deepEqual(await store.counters([bytes('c')]), [[]]);
    await Promise.all(
      Array.from({length: 50}, async (_, i) => write(store, add('c', 1, -i), add('d', 2), put('c', 'v'))),
    );
    await write(store, add('c', 0, 0, 5));
    assert.deepEqual(await store.counters([bytes('d'), bytes('c'), bytes('e')]), [[100], [50, -1225, 5], []]);
    assert.deepEqual(await readTexts(store, 'c', 'd'), ['v', undefined]);
    assert.equal((await store.scan(everything, whole)).keys.length, 1);
    await write(store, add('large', Number.MAX_SAFE_INTEGER), add('large', -1));
    assert.deepEqual(await store.counters([bytes('large')]), [[Number.MAX_SAFE_INTEGER - 1]]);
  });

  clause('a scan walks from start, included, to end, excluded, either way', async store => {
    await write(store, ...['a', 'b', 'ba', 'c', 'd'].map(key => put(key, key.toUpperCase())));
    const forwards = await store.scan(range('b', 'd'), whole);
    assert.deepEqual(forwards.keys.map(text), ['b', 'ba', 'c']);
    assert.deepEqual(forwards.values.map(text), ['B', 'BA', 'C']);
    assert.equal(forwards.more, false);
    const backwards = await store.scan(range('b', 'd'), {...whole, reverse: true});
    assert.deepEqual(backwards.keys.map(text), ['c', 'ba', 'b']);
    assert.deepEqual(backwards.values.map(text), ['C', 'BA', 'B']);
    assert.equal(backwards.more, false);
    for (const reverse of [false, true]) {
      assert.deepEqual(await store.scan(range('bb', 'c'), {...whole, reverse}), {keys: [], values: [], more: false});
      assert.deepEqual(await store.scan(range('c', 'c'), {...whole, reverse}), {keys: [], values: [], more: false});
      assert.deepEqual(await store.scan(range('d', 'a'), {...whole, reverse}), {keys: [], values: [], more: false});
      assert.deepEqual((await store.scan({start: Buffer.alloc(0), end: bytes('b')}, {...whole, reverse})).keys, [
        bytes('a'),
      ]);
    }
  });

  clause('a page ends at entriesMax, or with the entry that takes it to bytesMax', async store => {
    await write(store, ...[0, 1, 2, 3, 4, 5].map(i => put(`k${i}`, 'x'.repeat(10))));
    const page = async (limits: Partial<ScanLimits>) => {
      const {keys, more} = await store.scan(range('k', 'l'), {...whole, ...limits});
      return [keys.map(text).join(), more];
    };
    assert.deepEqual(await page({entriesMax: 2}), ['k0,k1', true]);
    assert.deepEqual(await page({entriesMax: 2, reverse: true}), ['k5,k4', true]);
    assert.deepEqual(await page({bytesMax: 1}), ['k0', true]);
    assert.deepEqual(await page({bytesMax: 10}), ['k0', true]);
    assert.deepEqual(await page({bytesMax: 11}), ['k0,k1', true]);
    assert.deepEqual(await page({bytesMax: 29, reverse: true}), ['k5,k4,k3', true]);
    assert.deepEqual(await page({bytesMax: 61}), ['k0,k1,k2,k3,k4,k5', false]);
    assert.deepEqual(await page({entriesMax: 7}), ['k0,k1,k2,k3,k4,k5', false]);
  });

  clause('pages joined are the whole', async store => {
    const keys = Array.from({length: 257}, (_, i) => `k${String(i).padStart(3, '0')}`);
    await write(store, ...keys.map(key => put(key, key.repeat(3))));
    for (const reverse of [false, true]) {
      for (const limits of [{entriesMax: 1}, {entriesMax: 16}, {bytesMax: 100}, {entriesMax: 257}]) {
        const joined: (string | undefined)[] = [];
        const rest = range('k', 'l');
        for (let more = true, pages = 0; more && pages < 300; pages++) {
          const page: ScanPage = await store.scan(rest, {...whole, ...limits, reverse});
          joined.push(...page.keys.map(text));
          more = page.more;
          const last = page.keys.at(-1);
          if (!last) continue;
          if (reverse) rest.end = last;
          else rest.start = Buffer.concat([last, Buffer.from([0])]);
        }
        assert.deepEqual(joined, reverse ? keys.toReversed() : keys);
      }
    }
  });

  clause('a range is cleared in steps, counters and logs included, and nothing else', async store => {
    for (let batch = 0; batch < 5; batch++) {
      await write(store, ...Array.from({length: 700}, (_, i) => put(`t1/${batch}/${i}`, 'v')));
    }
    await write(
      store,
      put('t0/a', 'v'),
      put('t2', 'v'),
      add('t1', 1),
      add('t1/n', 1),
      add('t2', 1),
      append('t1/log', 'r'),
    );
    let steps = 1;
    for (; await store.clear(range('t1', 't2')); steps++) assert.ok(steps < 10_000);
    assert.ok(steps > 1, 'more than one step');
    assert.deepEqual((await store.scan(everything, whole)).keys.map(text), ['t0/a', 't2']);
    assert.deepEqual(await store.counters([bytes('t1'), bytes('t1/n'), bytes('t2')]), [[], [], [1]]);
    assert.equal(await store.clear(range('t1', 't2')), false);
  });

  clause('an area is walked as keys and bytes, page by page', async store => {
    await write(store, put('b', 'v'), append('log', 'r0'), append('log', 'r1'), append('z', 'r'));
    await write(store, add('c', 1, -2), add('n', 3), add('zero', 0), drop('b'), put('a', 'w'));
    const of = async (area: Area) =>
      [...(await rawOf(store, area))].map(([key, value]) => [key, value.toString('hex')]);
    const number = (value: bigint) => BigInt.asUintN(64, value).toString(16).padStart(16, '0');
    assert.deepEqual(await of('counter'), [
      ['c', number(1n) + number(-2n)],
      ['n', number(3n)],
      ['zero', number(0n)],
    ]);
    assert.deepEqual(await of('log'), [
      ['log', number(2n)],
      ['z', number(1n)],
    ]);
    assert.deepEqual(
      (await of('entry')).map(([key]) => key),
      ['a', 'log\0\0\0\0\0\0\0\0', 'log\0\0\0\0\0\0\0\x01', 'z\0\0\0\0\0\0\0\0'],
    );
    const {keys, more} = await store.scanArea('counter', range('d', 'zero'), {entriesMax: 10, bytesMax: 1e6});
    assert.deepEqual([keys.map(text), more], [['n'], false]);
  });

  clause('what was restored is what the store holds: values, sums, and where logs go on', async store => {
    await write(store, put('old', 'v'), put('both', 'v'), add('sum', 1, 1), add('gone', 4), append('log', 'mine'));
    const raw = (area: Area, key: string, value: Buffer | undefined): RawEntry => ({area, key: bytes(key), value});
    const record = (log: string, position: number) => `${log}${encodeNumbers([position]).toString('latin1')}`;
    const restored = [
      raw('entry', 'old', undefined),
      raw('entry', 'never', undefined),
      raw('entry', 'both', bytes('')),
      raw('entry', record('log', 7), bytes('seven')),
      raw('counter', 'sum', encodeNumbers([-5, Number.MAX_SAFE_INTEGER])),
      raw('counter', 'gone', undefined),
      raw('counter', 'empty', encodeNumbers([])),
      raw('log', 'log', encodeNumbers([9])),
      raw('log', 'other', encodeNumbers([3])),
    ];
    for (let times = 0; times < 2; times++) await store.restore(restored);
    assert.deepEqual(await readTexts(store, 'old', 'both'), [undefined, '']);
    assert.deepEqual(await store.counters(['sum', 'gone', 'empty'].map(bytes)), [
      [-5, Number.MAX_SAFE_INTEGER],
      [],
      [],
    ]);
    await write(store, add('sum', 5), add('gone', 1), add('empty', 0, 1), append('log', 'next'), append('other', 'o'));
    assert.deepEqual(await store.counters(['sum', 'gone', 'empty'].map(bytes)), [
      [0, Number.MAX_SAFE_INTEGER],
      [1],
      [0, 1],
    ]);
    const {positions, records} = await logOf(store, bytes('log'));
    assert.deepEqual(
      [positions, records],
      [
        [0n, 7n, 9n],
        ['mine', 'seven', 'next'],
      ],
    );
    assert.deepEqual((await logOf(store, bytes('other'))).positions, [3n]);
    await assert.rejects(store.restore([raw('entry', 'x', bytes('v')), raw('entry', '', bytes('v'))]));
    assert.deepEqual(await readTexts(store, 'x'), [undefined]);
    await store.restore([]);
  });

  clause('what one store walks and another restores is the same again', async store => {
    await fc.assert(
      fc.asyncProperty(fc.array(rawEntry, {maxLength: 30}), async entries => {
        while (await store.clear(everything));
        const model = new Map(entries.map(entry => [`${entry.area} ${entry.key.toString('latin1')}`, entry]));
        await store.restore([...model.values()]);
        for (const area of areas) {
          const own = [...model.values()].filter(entry => entry.area === area);
          assert.deepEqual(
            await rawOf(store, area),
            new Map(own.sort((a, b) => a.key.compare(b.key)).map(({key, value}) => [text(key), value])),
          );
        }
      }),
      {numRuns: 30},
    );
  });

  clause('one that nobody else has open has no other users', async store => {
    await write(store, put('a', 'v'));
    assert.deepEqual(await store.otherUsers(), []);
    const estimate = await store.entriesEstimate();
    assert.ok(estimate === undefined || estimate > 0);
  });

  clause('commits go on while a range is cleared', async store => {
    await write(store, ...Array.from({length: 3_000}, (_, i) => put(`t/${i}`, 'v')));
    const clearing = (async () => {
      while (await store.clear(range('t', 'u')));
    })();
    for (let i = 0; i < 20; i++) await increment(store, 'n');
    await clearing;
    assert.deepEqual((await store.scan(everything, whole)).keys.map(text), ['n']);
  });

  clause('closing waits for what is under way', async store => {
    const commits = Array.from({length: 20}, async () => increment(store, 'n'));
    await store.close();
    assert.deepEqual((await Promise.all(commits)).length, 20);
  });

  clause('agrees with a sorted array on any history', async store => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {maxLength: 25}), async history => {
        while (await store.clear(everything));
        const model = new Map<string, string>();
        for (const action of history) await play(store, model, action);
      }),
      {numRuns: 40},
    );
  });
}

type Step =
  | {kind: 'commits'; commits: {writes: [string, string | undefined][]; refuse: boolean}[]}
  | {kind: 'scan'; start: string; end: string; reverse: boolean; entriesMax: number; bytesMax: number};

const shortKey = fc
  .array(fc.constantFrom('\0', '\x01', 'a', 'b', '\x7f', '\xff'), {minLength: 1, maxLength: 3})
  .map(parts => parts.join(''));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('commits' as const),
    commits: fc.array(
      fc.record({
        writes: fc.uniqueArray(fc.tuple(shortKey, fc.option(fc.string({maxLength: 9}), {nil: undefined})), {
          maxLength: 6,
          selector: ([key]) => key,
        }),
        refuse: fc.boolean(),
      }),
      {maxLength: 4},
    ),
  }),
  fc.record({
    kind: fc.constant('scan' as const),
    start: shortKey,
    end: shortKey,
    reverse: fc.boolean(),
    entriesMax: fc.integer({min: 1, max: 12}),
    bytesMax: fc.integer({min: 1, max: 60}),
  }),
);

const rawEntry: fc.Arbitrary<RawEntry> = fc.oneof(
  fc.record({
    area: fc.constant('entry' as const),
    key: shortKey.map(bytes),
    value: fc.string({maxLength: 9}).map(bytes),
  }),
  fc.record({
    area: fc.constant('counter' as const),
    key: shortKey.map(bytes),
    value: fc.array(fc.maxSafeInteger(), {maxLength: 3}).map(encodeNumbers),
  }),
  fc.record({
    area: fc.constant('log' as const),
    key: shortKey.map(bytes),
    value: fc.nat().map(position => encodeNumbers([position])),
  }),
);

async function play(store: Store, model: Map<string, string>, action: Step): Promise<void> {
  if (action.kind === 'scan') {
    const page = await store.scan(range(action.start, action.end), action);
    const expected = [...model.keys()].filter(key => key >= action.start && key < action.end).sort();
    if (action.reverse) expected.reverse();
    let sum = 0;
    const cut = expected.findIndex((key, i) => {
      sum += model.get(key)!.length;
      return i + 1 === action.entriesMax || sum >= action.bytesMax;
    });
    const kept = cut < 0 ? expected : expected.slice(0, cut + 1);
    assert.deepEqual(page.keys.map(text), kept);
    assert.deepEqual(
      page.values.map(text),
      kept.map(key => model.get(key)),
    );
    assert.ok(page.more || kept.length === expected.length);
    return;
  }
  // Started together: whatever order the store chose, each commit must have seen the one before it.
  const order: number[] = [];
  await Promise.all(
    action.commits.map(async ({writes, refuse}, i) => {
      const place = await store.commit([bytes('order')], ([value]) => ({
        result: (value?.length ?? 0) + 1,
        writes: refuse
          ? [put('order', `${text(value) ?? ''}.`)]
          : [
              put('order', `${text(value) ?? ''}.`),
              ...writes.map(([key, v]) => (v === undefined ? drop(key) : put(key, v))),
            ],
      }));
      order[place - 1] = i;
    }),
  );
  await write(store, drop('order'));
  for (const i of order) {
    const {writes, refuse} = action.commits[i]!;
    if (!refuse) for (const [key, value] of writes) value === undefined ? model.delete(key) : model.set(key, value);
  }
  const keys = [...model.keys(), 'absent'];
  assert.deepEqual(
    await readTexts(store, ...keys),
    keys.map(key => model.get(key)),
  );
}

function text(value: Buffer | undefined): string | undefined {
  return value?.toString('latin1');
}

async function write(store: Store, ...writes: Write[]): Promise<void> {
  await store.commit([], () => ({result: undefined, writes}));
}

async function readTexts(store: Store, ...keys: string[]): Promise<(string | undefined)[]> {
  return (await store.read(keys.map(bytes))).map(text);
}

/** Everything in an area, in its order, in pages of two. */
async function rawOf(store: CopyableStore, area: Area): Promise<Map<string | undefined, Buffer>> {
  const found = new Map<string | undefined, Buffer>();
  for (let start = everything.start, more = true; more; ) {
    const page = await store.scanArea(area, {...everything, start}, {entriesMax: 2, bytesMax: 1e6});
    assert.ok(page.keys.length <= 2);
    for (const [place, key] of page.keys.entries()) found.set(text(key), page.values[place]!);
    more = page.more;
    if (more) start = Buffer.concat([page.keys.at(-1)!, Buffer.from([0])]);
  }
  return found;
}

async function increment(store: Store, key: string): Promise<number> {
  return store.commit([bytes(key)], ([value]) => {
    const next = Number(text(value) ?? '0') + 1;
    return {result: next, writes: [put(key, `${next}`)]};
  });
}

async function logOf(store: Store, log: Buffer): Promise<{keys: Buffer[]; positions: bigint[]; records: string[]}> {
  const end = Buffer.concat([log, Buffer.alloc(8, 0xff)]);
  const {keys, values} = await store.scan({start: log, end}, whole);
  return {
    keys,
    positions: keys.map(key => {
      assert.equal(key.length, log.length + 8);
      return key.readBigUInt64BE(log.length);
    }),
    records: values.map(value => value.toString('latin1')),
  };
}
