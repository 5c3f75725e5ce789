import type {Dependency, DependencyGraph, DependencyKind} from './dependency-graph.ts';
import type {Operation} from './history.ts';

/**
 * A short cycle of each knot of operations that no serial order can undo; of the gravest kind that the knot has: writes alone
 * before reads, one anti-dependency before several, and real time only where it is needed.
 */
export function findCycles(graph: DependencyGraph): Dependency[][] {
  return knots(graph).flatMap(knot => {
    for (const {kinds, one} of [...levels(false), ...levels(true)]) {
      const cycle = one ? cycleOver(graph, knot, kinds) : cycleOf(graph, knot, kinds);
      if (cycle) return [cycle];
    }
    return [];
  });
}

/** `one`: exactly one rw beside these. */
function levels(inRealTime: boolean): {kinds: Set<DependencyKind>; one: boolean}[] {
  const also: DependencyKind[] = inRealTime ? ['rt'] : [];
  return [
    {kinds: new Set(['ww', ...also]), one: false},
    {kinds: new Set(['ww', 'wr', ...also]), one: false},
    {kinds: new Set(['ww', 'wr', ...also]), one: true},
    {kinds: new Set(['ww', 'wr', 'rw', ...also]), one: false},
  ];
}

/**
 * The strongly connected components (Tarjan) of more than one operation. Real time goes over one point for each operation:
 * from what was answered to the first point after that, from point to point, from a point to what was asked for then.
 */
function knots({operations, dependencies}: DependencyGraph): Operation[][] {
  const count = operations.length;
  const byTime = [...operations].sort((a, b) => a.invokedMs - b.invokedMs);
  const nodeOf = new Map(operations.map(({id}, node) => [id, node]));
  const successors = (node: number): number[] => {
    if (node >= count) {
      const next = node + 1 < 2 * count ? [node + 1] : [];
      return [nodeOf.get(byTime[node - count]!.id)!, ...next];
    }
    const operation = operations[node]!;
    const point = firstAfter(byTime, operation.completedMs);
    const nodes = dependencies.get(operation.id)!.map(({to}) => nodeOf.get(to.id)!);
    return point < count ? [...nodes, count + point] : nodes;
  };
  return components(2 * count, successors)
    .map(nodes => nodes.filter(node => node < count).map(node => operations[node]!))
    .filter(knot => knot.length > 1);
}

/** In a list sorted by the time they were asked for: the first one asked for after this. */
function firstAfter(byTime: readonly Operation[], ms: number): number {
  let [low, high] = [0, byTime.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byTime[middle]!.invokedMs > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

function components(count: number, successors: (node: number) => number[]): number[][] {
  const found: number[][] = [];
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const isOpen = new Uint8Array(count);
  const open: number[] = [];
  let next = 0;
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const path: {node: number; rest: number[]}[] = [];
    const enter = (node: number) => {
      index[node] = next;
      low[node] = next++;
      isOpen[node] = 1;
      open.push(node);
      path.push({node, rest: successors(node)});
    };
    enter(root);
    while (path.length > 0) {
      const {node, rest} = path.at(-1)!;
      const other = rest.pop();
      if (other !== undefined) {
        if (index[other] === -1) enter(other);
        else if (isOpen[other]) low[node] = Math.min(low[node]!, index[other]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1)?.node;
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== index[node]) continue;
      const component = open.splice(open.lastIndexOf(node));
      for (const member of component) isOpen[member] = 0;
      found.push(component);
    }
  }
  return found;
}

/** In a knot of thousands, looking from some is enough. */
const startsMax = 500;

function cycleOf(graph: DependencyGraph, knot: Operation[], kinds: Set<DependencyKind>): Dependency[] | undefined {
  let shortest: Dependency[] | undefined;
  for (const start of knot.slice(0, startsMax)) {
    const path = shortestPath(graph, knot, kinds, start, start, shortest?.length);
    if (path) shortest = path;
    if (shortest?.length === 2) break;
  }
  return shortest;
}

function cycleOver(graph: DependencyGraph, knot: Operation[], kinds: Set<DependencyKind>): Dependency[] | undefined {
  const members = new Set(knot);
  const antidependencies = knot.flatMap(({id}) =>
    graph.dependencies.get(id)!.filter(({kind, to}) => kind === 'rw' && members.has(to)),
  );
  let shortest: Dependency[] | undefined;
  for (const over of antidependencies.slice(0, 4 * startsMax)) {
    const path = shortestPath(graph, knot, kinds, over.to, over.from, shortest && shortest.length - 1);
    if (path) shortest = [over, ...path];
    if (shortest?.length === 2) break;
  }
  return shortest;
}

/** Breadth first, from `start` to `end` by one step at least and fewer than `below`. */
function shortestPath(
  {dependencies}: DependencyGraph,
  knot: Operation[],
  kinds: Set<DependencyKind>,
  start: Operation,
  end: Operation,
  below = Number.POSITIVE_INFINITY,
): Dependency[] | undefined {
  const members = new Set(knot);
  const cameBy = new Map<Operation, Dependency>();
  const depths = new Map([[start, 0]]);
  const queue = [start];
  // What was asked for last comes first: whoever is answered sooner reaches more of them.
  const latestFirst = kinds.has('rt') ? [...knot].sort((a, b) => b.invokedMs - a.invokedMs) : [];
  let reached = 0;
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at]!;
    const depth = depths.get(from)! + 1;
    if (depth >= below) return undefined;
    const go = (dependency: Dependency): Dependency[] | undefined => {
      const {to} = dependency;
      if (to === end) return pathBack(dependency);
      if (depths.has(to)) return undefined;
      depths.set(to, depth);
      cameBy.set(to, dependency);
      queue.push(to);
      return undefined;
    };
    for (const dependency of dependencies.get(from.id)!) {
      if (!kinds.has(dependency.kind) || !members.has(dependency.to)) continue;
      const path = go(dependency);
      if (path) return path;
    }
    if (!kinds.has('rt')) continue;
    if (end.invokedMs > from.completedMs) return pathBack({kind: 'rt', from, to: end});
    for (; reached < latestFirst.length && latestFirst[reached]!.invokedMs > from.completedMs; reached++) {
      go({kind: 'rt', from, to: latestFirst[reached]!});
    }
  }
  return undefined;

  function pathBack(last: Dependency): Dependency[] {
    const path = [last];
    while (path[0]!.from !== start) path.unshift(cameBy.get(path[0]!.from)!);
    return path;
  }
}
