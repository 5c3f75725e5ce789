/** Time in milliseconds since the start, and a value; undefined: a gap in the line. */
export type ChartPoint = readonly [number, number | undefined];

export interface ChartLine {
  name: string;
  points: readonly ChartPoint[];
  /** Points that are far from each other are dots. */
  isDots?: boolean;
}

export interface Chart {
  title: string;
  /** Of the values, as it is written at the axis. */
  unit: string;
  lines: readonly ChartLine[];
  endMs: number;
  /** What was done at times: a number that the report explains. */
  marks: readonly {startMs: number; endMs: number; label: string}[];
}

const width = 960;
const height = 250;
const left = 70;
const right = 16;
const top = 44;
const bottom = 40;
const colors = ['#1f6fb4', '#d9622b', '#2a8f5b', '#8a4fb0', '#b8860b', '#c2436b', '#4b8f98', '#6b6b6b'];
const pointsMax = 900;

/** A line chart as SVG: axes with units, a legend, and bands where something was done. */
export function lineChart({title, unit, lines, endMs, marks}: Chart): string {
  const values = lines.flatMap(({points}) => points.flatMap(([, value]) => (value === undefined ? [] : [value])));
  const ticks = ticksUpTo(values.reduce((most, one) => Math.max(most, one), 0));
  const most = ticks.at(-1)!;
  const x = (ms: number) => round(left + (Math.min(Math.max(ms, 0), endMs) / endMs) * (width - left - right));
  const y = (value: number) => round(height - bottom - (value / most) * (height - top - bottom));
  const parts: string[] = [];

  for (const {startMs, endMs: markEndMs, label} of marks) {
    const bandWidth = round(Math.max(x(markEndMs) - x(startMs), 1.5));
    parts.push(
      `<rect x="${x(startMs)}" y="${top}" width="${bandWidth}" height="${height - top - bottom}" fill="#e8a0a0" fill-opacity="0.45"/>`,
      textAt(x(startMs), top - 4, label, 'middle', 9, '#b05050'),
    );
  }
  for (const tick of ticks) {
    parts.push(
      `<line x1="${left}" y1="${y(tick)}" x2="${width - right}" y2="${y(tick)}" stroke="${tick === 0 ? '#555' : '#e3e3e3'}"/>`,
      textAt(left - 8, y(tick) + 4, numberText(tick), 'end', 11, '#444'),
    );
  }
  for (const minute of minuteTicks(endMs)) {
    const at = x(minute * 60_000);
    parts.push(
      `<line x1="${at}" y1="${height - bottom}" x2="${at}" y2="${height - bottom + 5}" stroke="#555"/>`,
      textAt(at, height - bottom + 18, numberText(minute), 'middle', 11, '#444'),
    );
  }
  parts.push(
    textAt(left, 18, title, 'start', 14, '#111', 'bold'),
    textAt(left - 8, top - 10, unit, 'end', 11, '#444'),
    textAt(width - right, height - 6, 'minutes', 'end', 11, '#444'),
  );
  // Legend at the right of the title, from the right.
  let legendX = width - right;
  for (const [at, {name}] of [...lines.entries()].reverse()) {
    const color = colors[at % colors.length]!;
    legendX -= name.length * 6.2;
    parts.push(textAt(round(legendX), 18, name, 'start', 11, '#333'));
    legendX -= 20;
    parts.push(`<rect x="${round(legendX)}" y="12" width="14" height="4" fill="${color}"/>`);
    legendX -= 14;
  }
  for (const [at, {points, isDots}] of lines.entries()) {
    const color = colors[at % colors.length]!;
    if (isDots) {
      for (const [ms, value] of points)
        if (value !== undefined) parts.push(`<circle cx="${x(ms)}" cy="${y(value)}" r="2.2" fill="${color}"/>`);
      continue;
    }
    const path = pathOf(peaksOf(points), x, y);
    if (path)
      parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="1.4" stroke-linejoin="round"/>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif"><rect width="${width}" height="${height}" fill="#fff"/>${parts.join('\n')}</svg>`;
}

function pathOf(points: readonly ChartPoint[], x: (ms: number) => number, y: (value: number) => number): string {
  let path = '';
  let isDrawing = false;
  for (const [ms, value] of points) {
    if (value !== undefined) path += `${isDrawing ? 'L' : 'M'}${x(ms)} ${y(value)}`;
    isDrawing = value !== undefined;
  }
  return path;
}

/** No more points than can be told apart; of those that fall together, the highest. */
function peaksOf(points: readonly ChartPoint[]): readonly ChartPoint[] {
  const step = Math.ceil(points.length / pointsMax);
  if (step <= 1) return points;
  const peaks: ChartPoint[] = [];
  for (let at = 0; at < points.length; at += step) {
    const group = points.slice(at, at + step);
    peaks.push(group.reduce((highest, one) => ((one[1] ?? -1) > (highest[1] ?? -1) ? one : highest)));
  }
  return peaks;
}

/** Round numbers from 0 to at least `most`. */
export function ticksUpTo(most: number): number[] {
  const wanted = most > 0 ? most / 4 : 0.25;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(one => one >= wanted * 0.999)!;
  const count = Math.max(1, Math.ceil((most / step) * 0.9999));
  return Array.from({length: count + 1}, (_, at) => Number((at * step).toPrecision(12)));
}

function minuteTicks(endMs: number): number[] {
  const end = endMs / 60_000;
  const step = ticksUpTo(end / 2.5)[1]!;
  return Array.from({length: Math.floor(end / step) + 1}, (_, at) => Number((at * step).toPrecision(12)));
}

const round = (value: number) => Math.round(value * 10) / 10;
const numberText = (value: number) => (value >= 1_000 ? value.toLocaleString('en-US') : String(value));

function textAt(x: number, y: number, text: string, anchor: string, size: number, color: string, weight = 'normal') {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${color}">${escapeXml(text)}</text>`;
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
