import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';
import {type Chance, chanceFrom} from '../fuzz/chance.ts';
import type {
  Change,
  Client,
  Comparison,
  IndexShape,
  ItemWrite,
  Op,
  PageOp,
  Path,
  Program,
  StatementOp,
  StatementWrite,
  TableShape,
  Test,
  TransactAction,
} from './program.ts';
import {sortTypes, startMs} from './program.ts';

const views = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] as const;
/** Nodes keep their clocks by NTP: this is much for it. */
export const clockSkewMaxMs = 3_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/**
 * The same seed makes the same program. `hours`: how long it lasts by the simulated clock. Clients are busy in some short
 * bursts, in which they meet each other, and much time passes between these.
 */
export function makeProgram(seed: number, hours: number, requests = 240): Program {
  const chance = chanceFrom(seed * 2 + 1);
  const tables = Object.keys(sortTypes).slice(0, 1 + chance.upTo(3));
  if (chance.maybe(0.5)) tables.push('table3');
  const bursts = 3 + chance.upTo(6);
  const starts = Array.from({length: bursts}, () => chance.upTo(hours * hourMs)).sort((a, b) => a - b);
  starts[0] = 0;
  starts[bursts - 1] = hours * hourMs;
  const nodes = 1 + chance.upTo(3);
  const clientCount = 2 + chance.upTo(4);
  const stepsPerBurst = Math.max(1, Math.round(requests / clientCount / bursts));
  // In a wide program tables hold hundreds of items, so that jobs need many steps; in others clients meet at a few.
  const isWide = chance.maybe(0.25);
  const make = opMaker(chance, [...new Set(tables)], hours, isWide ? 150 : 5);
  const clients: Client[] = Array.from({length: clientCount}, (_, at) => ({node: at % nodes, steps: []}));
  for (const [at, burstMs] of starts.entries()) {
    for (const [number, client] of clients.entries()) {
      // Those that are there already are left alone.
      if (number === 0) {
        for (const table of new Set(tables)) client.steps.push({atMs: burstMs, op: make.createTable(table)});
      }
      if (isWide) for (let load = 0; load < 2; load++) client.steps.push({atMs: burstMs + 100, op: make.load()});
      let atMs = burstMs + (at === 0 ? 200 : 0);
      for (let step = 0; step < stepsPerBurst; step++) {
        atMs += chance.maybe(0.8) ? chance.upTo(20) : chance.upTo(3_000);
        client.steps.push({atMs, op: make.op()});
      }
    }
  }
  const gentle = chance.maybe(0.2);
  const some = (value: number) => (gentle || chance.maybe(0.3) ? 0 : value);
  const short = chance.maybe(0.5);
  const clocksDiffer = chance.maybe(0.3);
  return {
    seed,
    nodes,
    aheadMs: Array.from({length: nodes}, () => (clocksDiffer ? chance.upTo(clockSkewMaxMs) : 0)),
    clients,
    faults: {
      discard: some(0.2),
      crash: some(0.004),
      unavailable: some(0.01),
      jobFails: some(0.05),
      jobWaits: some(0.7),
    },
    streams: {
      shardsMin: chance.pick([1, 1, 2, 4]),
      rollMs: short ? chance.pick([2, 10, 30]) * minuteMs : 4 * hourMs,
      retentionMs: short ? chance.pick([20, 45]) * minuteMs : 24 * hourMs,
      iteratorMs: 15 * minuteMs,
    },
    lifecycle: {
      ...(chance.maybe(0.4) && {
        tableCreatingMs: chance.upTo(300),
        tableUpdatingMs: chance.upTo(300),
        tableDeletingMs: chance.upTo(2_000),
        indexCreatingMs: chance.upTo(1_000),
        indexDeletingMs: chance.upTo(1_000),
        timeToLiveFixedMs: chance.pick([0, 30 * minuteMs]),
      }),
      // As long as several requests, or whole bursts of them.
      ...(chance.maybe(0.5) && {transactionMs: chance.pick([20, 200, 2_000])}),
    },
  };
}

const keyIn = ({put, key}: {put?: Item; key?: Item}) => [(put ?? key)!.p, (put ?? key)!.s];

function opMaker(chance: Chance, tables: string[], hours: number, partitions: number) {
  const {maybe, upTo, pick, many} = chance;
  let tokens = 0;
  const sent: (Op & {op: 'transactWrite'})[] = [];
  const number = (): AttributeValue => ({N: String(upTo(30) - 10)});
  const text = (): AttributeValue => ({S: pick(['', 'a', 'ab', 'abc', 'b', 'ü', 'z'])});
  const indexText = (): AttributeValue => ({S: pick(['a', 'ab', 'b', 'é'])});
  const table = () => pick(tables);
  const set = (): AttributeValue => ({SS: [...new Set(many(1, 3, () => pick(['a', 'b', 'c', 'd'])))]});
  const seconds = (): AttributeValue => ({N: String(Math.floor(startMs / 1000) + upTo(hours * 3600 + 600) - 300)});

  function key(of: string): Item {
    const type = sortTypes[of];
    const item: Item = {p: {S: partitions > 5 ? `part-${upTo(partitions)}` : pick(['a', 'b', 'c', 'd', 'e'])}};
    if (type === 'S') item.s = {S: pick(['a', 'ab', 'b', 'c'])};
    if (type === 'N') item.s = {N: pick(['-1', '0', '2', '10'])};
    if (type === 'B') item.s = {B: pick(['AA==', 'AAE=', 'gA==', '/w=='])};
    return item;
  }

  function value(name: string): AttributeValue {
    if (name === 'g' || name === 'h') return indexText();
    if (name === 'n' || name === 'v') return number();
    if (name === 't') return set();
    if (name === 'l') return {L: many(0, 2, number)};
    if (name === 'm') return {M: {c: number(), d: text()}};
    if (name === 'ttl')
      return maybe(0.85)
        ? seconds()
        : pick([text(), {N: '0.5'}, {N: '100'}, {N: '9000000000000000000000000000000'}] as const);
    if (name === 'big') return {S: 'x'.repeat(upTo(3_000))};
    return text();
  }

  const names = ['g', 'h', 'n', 'v', 't', 'l', 'm', 'ttl', 'f'];
  function item(of: string): Item {
    const made = key(of);
    for (const name of names) if (maybe(0.6)) made[name] = value(name);
    if (maybe(0.1)) made.big = value('big');
    if (maybe(0.02)) made[pick(['g', 'h'])] = number();
    if (maybe(0.01)) made.n = text();
    return made;
  }

  const path = (): Path => (maybe(0.15) ? ['m', 'c'] : [pick(['g', 'n', 'v', 't', 'l', 'f', 'ttl'])]);

  function test(paths: () => Path = path, depth = 2): Test {
    if (depth > 0 && maybe(0.25)) {
      if (maybe(0.3)) return {test: 'not', of: test(paths, depth - 1)};
      return {test: pick(['and', 'or'] as const), of: many(2, 2, () => test(paths, depth - 1))};
    }
    const at = paths();
    const like = () => value(at.length === 2 ? 'n' : at[0]);
    switch (upTo(9)) {
      case 0:
      case 1:
        return {test: pick(['exists', 'missing'] as const), path: at};
      case 2:
        return {test: 'between', path: ['v'], low: {N: String(-upTo(10))}, high: {N: String(upTo(20))}};
      case 3:
        return {test: 'in', path: at, values: many(1, 3, like)};
      case 4:
        return {test: 'begins', path: ['f'], text: pick(['a', 'ab', ''])};
      case 5:
        return {test: 'contains', path: ['t'], value: {S: pick(['a', 'b'])}};
      case 6:
        return {test: 'type', path: at, type: pick(['S', 'N', 'SS', 'L', 'M'])};
      case 7:
        return {test: 'size', path: [pick(['f', 't', 'l', 'm'])], above: upTo(3)};
      default:
        return at[0] === 'v' || at[0] === 'n' || at.length === 2
          ? {test: 'compare', path: at, by: pick(['=', '<>', '<', '<=', '>', '>='] as Comparison[]), value: number()}
          : {test: 'compare', path: at, by: pick(['=', '<>'] as Comparison[]), value: like()};
    }
  }

  function change(name: string): Change {
    switch (name) {
      case 'v':
      case 'n':
        if (maybe(0.3)) return {change: 'add', path: [name], value: number()};
        if (maybe(0.3)) return {change: 'set', path: [name], value: number()};
        return maybe(0.7)
          ? {change: 'plus', path: [name], by: 1 + upTo(3), otherwise: 0}
          : {change: 'plus', path: [name], by: 1};
      case 't':
        return maybe(0.5)
          ? {change: 'add', path: ['t'], value: set()}
          : {change: 'delete', path: ['t'], members: (set() as {SS: string[]}).SS};
      case 'l':
        return maybe(0.7)
          ? {change: 'append', path: ['l'], list: [number()], otherwise: []}
          : {change: 'append', path: ['l'], list: [number()]};
      case 'm':
        return maybe(0.5)
          ? {change: 'set', path: ['m', 'c'], value: number()}
          : {change: 'set', path: ['m'], value: value('m')};
      case 'f':
        return maybe(0.3)
          ? {change: 'copy', path: ['f'], from: [pick(['h', 'f', 'v'])]}
          : {change: 'set', path: ['f'], value: text()};
      default:
        return {change: 'set', path: [name], value: value(name)};
    }
  }

  function changes(): Change[] {
    const touched = [...new Set(many(1, 4, () => pick(names)))];
    return touched.map(name => (maybe(0.2) ? {change: 'remove', path: [name]} : change(name)));
  }

  function itemWrite(): ItemWrite {
    const of = table();
    const common = {
      table: of,
      ...(maybe(0.45) ? {condition: test()} : {}),
      ...(maybe(0.3) ? {onFailure: 'ALL_OLD' as const} : {}),
    };
    const kind = upTo(10);
    const oldOrNone = () => (maybe(0.4) ? {returns: pick(['ALL_OLD', 'NONE'])} : {});
    if (kind < 4) return {op: 'put', ...common, item: item(of), ...oldOrNone()};
    if (kind < 8) {
      const returns = pick(['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
      return {op: 'update', ...common, key: key(of), changes: changes(), returns};
    }
    return {op: 'delete', ...common, key: key(of), ...oldOrNone()};
  }

  function action(): TransactAction {
    const {...write} = itemWrite() as ItemWrite & {returns?: string};
    delete write.returns;
    if (write.op === 'delete' && maybe(0.5)) {
      return {
        op: 'check',
        table: write.table,
        key: write.key,
        condition: test(),
        ...(write.onFailure ? {onFailure: 'ALL_OLD' as const} : {}),
      };
    }
    return write;
  }

  function index(of: string, forTable: boolean): IndexShape {
    const projection = pick(['ALL', 'ALL', 'KEYS_ONLY', ['v'], ['v', 'f', 'm']] as IndexShape['projection'][]);
    if (forTable && sortTypes[of] !== undefined && maybe(0.4)) {
      return {name: 'local', kind: 'local', partition: ['p'], sort: [pick(['n', 'g'])], projection};
    }
    const name = pick(['byG', 'any', 'multi']);
    const kind = 'global';
    if (name === 'byG') return {name, kind, partition: ['g'], sort: ['n'], projection};
    if (name === 'any') return {name, kind, partition: [pick(['g', 'h'])], sort: [], projection};
    return {name, kind, partition: ['g', 'h'], sort: ['n', 'p'], projection};
  }

  function shape(of: string): TableShape {
    const indexes: IndexShape[] = [];
    for (const one of many(0, 3, () => index(of, true))) {
      if (!indexes.some(other => other.name === one.name)) indexes.push(one);
    }
    return {indexes, ...(maybe(0.6) ? {stream: pick(views)} : {})};
  }

  const filterPath = (): Path => (maybe(0.2) ? ['m', 'c'] : [pick(['v', 't', 'l', 'f'])]);

  function page(): PageOp {
    const of = table();
    const onIndex = maybe(0.5);
    const name = pick(['byG', 'any', 'multi', 'local']);
    const common: PageOp = {
      op: 'scan',
      table: of,
      ...(onIndex ? {index: name} : {}),
      ...(maybe(0.3) ? {filter: test(filterPath, 1)} : {}),
      ...(maybe(0.6) ? {limit: 1 + upTo(partitions > 5 ? 60 : 6)} : {}),
      ...(maybe(0.15)
        ? {select: 'COUNT' as const}
        : onIndex && name === 'local' && maybe(0.4)
          ? {select: 'ALL_ATTRIBUTES'}
          : {}),
      ...(maybe(0.2) && !(onIndex && name !== 'local') ? {consistent: true} : {}),
    };
    if (maybe(0.4)) {
      const total = pick([2, 3, 7]);
      return maybe(0.4) ? {...common, segment: {number: upTo(total), total}} : common;
    }
    const partition: Item = {};
    if (!onIndex || name === 'local') partition.p = key(of).p!;
    else {
      partition.g = indexText();
      if (name === 'multi') partition.h = indexText();
    }
    const query: PageOp = {...common, op: 'query', partition, ...(maybe(0.4) ? {reverse: true} : {})};
    const sortName = onIndex ? 'n' : 's';
    const type = onIndex ? 'N' : sortTypes[of];
    if (type === undefined || (onIndex && name === 'any') || maybe(0.5)) return query;
    const values = [0, 1].map(() => (onIndex ? number() : key(of).s!));
    const by = pick(['=', '<', '<=', '>', '>=', 'between', ...(type === 'N' ? [] : ['begins'])] as ('=' | 'between')[]);
    return {...query, sort: {by, name: sortName, values: by === 'between' ? inOrder(values) : values.slice(0, 1)}};
  }

  function inOrder(values: AttributeValue[]): AttributeValue[] {
    const [a, b] = values as [AttributeValue, AttributeValue];
    if ('N' in a && 'N' in b) return Number(a.N) <= Number(b.N) ? [a, b] : [b, a];
    const bytes = (value: AttributeValue) =>
      'B' in value ? Buffer.from(value.B, 'base64') : Buffer.from((value as {S: string}).S);
    return Buffer.compare(bytes(a), bytes(b)) <= 0 ? [a, b] : [b, a];
  }

  function statement(): StatementOp {
    const of = table();
    switch (upTo(4)) {
      case 0:
        return {op: 'statement', means: {kind: 'insert', table: of, item: item(of)}};
      case 1: {
        const set = [...new Set(many(1, 2, () => pick(['v', 'f', 'g'])))].map((name): [string, AttributeValue] => [
          name,
          value(name),
        ]);
        const condition: {condition?: [string, AttributeValue]} = maybe(0.3) ? {condition: ['v', number()]} : {};
        return {op: 'statement', means: {kind: 'update', table: of, key: key(of), set, ...condition}};
      }
      case 2:
        return {op: 'statement', means: {kind: 'delete', table: of, key: key(of)}};
      default:
        return {op: 'statement', means: {kind: 'select', table: of, key: key(of)}};
    }
  }

  function op(): Op {
    const of = table();
    const roll = upTo(1_000);
    if (roll < 380) return itemWrite();
    if (roll < 450) return {op: 'get', table: of, key: key(of), ...(maybe(0.3) ? {project: ['p', 'v', 'm']} : {})};
    if (roll < 640) return page();
    if (roll < 690) {
      // In the order of their tables, as a request holds them.
      const writes = tables.flatMap(each =>
        many(0, 4, () => (maybe(0.7) ? {table: each, put: item(each)} : {table: each, key: key(each)})),
      );
      const distinct = new Map(writes.map(write => [JSON.stringify([write.table, keyIn(write)]), write]));
      const chosen = maybe(0.1) ? writes : [...distinct.values()];
      return {op: 'batchWrite', writes: chosen.length > 0 ? chosen : [{table: of, key: key(of)}]};
    }
    if (roll < 720) {
      const gets = new Map(
        many(1, 8, table)
          .map(each => ({table: each, key: key(each)}))
          .map(get => [JSON.stringify(get), get]),
      );
      return {op: 'batchGet', gets: [...gets.values()]};
    }
    if (roll < 800) {
      // The same request again, or another one with its token, as clients do that were not answered, or have a bug.
      const earlier = maybe(0.3) ? sent.at(-1 - upTo(Math.min(sent.length, 5))) : undefined;
      if (earlier && maybe(0.7)) return earlier;
      const token = earlier?.token ?? `token-${tokens++}`;
      const made = {op: 'transactWrite' as const, actions: many(1, 3, action), ...(maybe(0.7) ? {token} : {})};
      if (made.token) sent.push(made);
      return made;
    }
    if (roll < 830) return {op: 'transactGet', gets: many(1, 5, table).map(each => ({table: each, key: key(each)}))};
    if (roll < 860) return statement();
    if (roll < 875) {
      const writes = many(1, 3, statement).map(({means}) => means);
      const statements = writes.filter((means): means is StatementWrite => means.kind !== 'select');
      const token = maybe(0.5) ? {token: `token-${tokens++}`} : {};
      return statements.length > 0 ? {op: 'transactStatements', statements, ...token} : statement();
    }
    if (roll < 890) return {op: 'describe', table: of};
    if (roll < 920) return {op: 'readStream', table: of};
    if (roll < 940) return {op: 'addIndex', table: of, index: index(of, false)};
    if (roll < 953) return {op: 'dropIndex', table: of, index: pick(['byG', 'any', 'multi'])};
    if (roll < 963) return {op: 'setStream', table: of, view: maybe(0.4) ? 'off' : pick(views)};
    if (roll < 975) return {op: 'setTtl', table: of, enabled: maybe(0.75)};
    if (roll < 983) return {op: 'deleteTable', table: of};
    return createTable(of);
  }

  function createTable(of: string): Op {
    return {op: 'createTable', table: of, shape: shape(of)};
  }

  /** As many items as one request may write. */
  function load(): Op {
    const of = table();
    const writes = new Map(many(25, 25, () => item(of)).map(put => [JSON.stringify(keyIn({put})), {table: of, put}]));
    return {op: 'batchWrite', writes: [...writes.values()]};
  }

  return {op, createTable, load};
}
