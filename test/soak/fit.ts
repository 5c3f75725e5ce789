/** A point of a series: time in milliseconds, and what was measured then. */
export type Point = readonly [number, number];

export interface Growth {
  /** Per hour, in the unit of the values. */
  perHour: number;
  /** At least so much, as far as noise lets one say: 0 where it may be standing still. */
  surePerHour: number;
  /** What the line rose by between the first and the last point. */
  overall: number;
}

const pointsMax = 400;
const hourMs = 3_600_000;

/**
 * How fast a noisy series grows: the median of the slopes between all pairs of points (Theil and Sen), which single peaks do
 * not move. What is sure is the median over blocks of the series, less than all of which rise by chance.
 */
export function growthOf(points: readonly Point[]): Growth {
  const thinned = thin(points);
  if (thinned.length < 8) return {perHour: 0, surePerHour: 0, overall: 0};
  const slope = medianSlope(thinned);
  const spanMs = thinned.at(-1)![0] - thinned[0]![0];
  // Medians of blocks: what rises and falls within a block is noise, such as that of a garbage collector.
  const blocks = blockMedians(thinned, 10);
  const rises = blocks.slice(1).filter(([, value], at) => value > blocks[at]![1]).length;
  const half = Math.floor(blocks.length / 2);
  const firstHalf = blocks.slice(0, half).map(([, value]) => value);
  const secondHalf = blocks.slice(-half).map(([, value]) => value);
  // A line that grows has nearly all of its second half above its first.
  const above = secondHalf.filter(value => value > Math.max(...firstHalf)).length;
  const isSure = slope > 0 && above >= secondHalf.length - 1 && rises >= (blocks.length - 1) / 2;
  return {
    perHour: slope * hourMs,
    surePerHour: isSure ? Math.min(slope, medianSlope(blocks)) * hourMs : 0,
    overall: slope * spanMs,
  };
}

function medianSlope(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (let j = 1; j < points.length; j++) {
    for (let i = 0; i < j; i++) {
      const span = points[j]![0] - points[i]![0];
      if (span > 0) slopes.push((points[j]![1] - points[i]![1]) / span);
    }
  }
  return median(slopes);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** 0 of no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function blockMedians(points: readonly Point[], count: number): Point[] {
  const blocks = Math.min(count, Math.floor(points.length / 2));
  return Array.from({length: blocks}, (_, at) => {
    const part = points.slice(
      Math.floor((at * points.length) / blocks),
      Math.floor(((at + 1) * points.length) / blocks),
    );
    return [median(part.map(([atMs]) => atMs)), median(part.map(([, value]) => value))] as const;
  });
}

/** Pairs of points are as many as their square. */
function thin(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / pointsMax);
  return step <= 1 ? points : blockMedians(points, Math.floor(points.length / step));
}
