import {growthOf, type Point} from './fit.ts';
import type {SoakRecord} from './record.ts';

export interface Finding {
  name: string;
  found: string;
  limit: string;
  isGood: boolean;
}

const mega = 2 ** 20;
/** Growth is held against a run only when it is both this fast and this much: a short run is too noisy for the first alone. */
const memoryLimits = {perHour: 30 * mega, overall: 20 * mega};
const dataLimits = {perHour: 24 * mega, overall: 8 * mega};
const warmUpMsMax = 600_000;
const expiryLateMsMax = 5_000;
const readerBehindMsMax = 5_000;
const fillMsMax = 15_000;
const trimLateMsMax = 30_000;
/** After a fault, for as long lags may be longer: others must first find out that a node is gone. */
const recoverMs = 15_000;
/** A load that waits for its servers most of the time proves little. */
const servedShareMin = 0.5;

const inMega = (bytes: number) => `${(bytes / mega).toFixed(1)} MB`;
const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** What is right and wrong with a run. */
export function judgeRun(record: SoakRecord): Finding[] {
  const {options, samples, startMs, endMs} = record;
  const findings: Finding[] = [
    {
      name: 'unexpected answers, wrong answers, lost writes',
      found: String(record.problemCount),
      limit: '0',
      isGood: record.problemCount === 0,
    },
    {
      name: 'requests that failed through faults of the servers',
      found: String(record.complaints.length),
      limit: '0',
      isGood: record.complaints.length === 0,
    },
  ];

  const served = samples.reduce((sum, {load}) => sum + load.requests, 0) / ((endMs - startMs) / 1000);
  findings.push({
    name: 'requests a second',
    found: served.toFixed(1),
    limit: `at least ${(options.rate * servedShareMin).toFixed(0)}`,
    isGood: served >= options.rate * servedShareMin,
  });

  for (const [name, points] of longestLives(record)) {
    const growth = growthOf(points);
    findings.push({
      name: `growth of the memory of ${name}, over ${inMinutes(points)}`,
      found: `${inMega(growth.perHour)} an hour, ${inMega(growth.surePerHour)} for sure`,
      limit: `${inMega(memoryLimits.perHour)} an hour, once it is ${inMega(memoryLimits.overall)} in all`,
      isGood: growth.surePerHour <= memoryLimits.perHour || growth.overall <= memoryLimits.overall,
    });
  }

  const data: Point[] = samples.flatMap(({atMs, dataBytes}) => (dataBytes === undefined ? [] : [[atMs, dataBytes]]));
  const settled = afterWarmUp(data);
  if (settled.length > 0) {
    const growth = growthOf(settled);
    findings.push({
      name: `growth of the data, over ${inMinutes(settled)}`,
      found: `${inMega(growth.perHour)} an hour, ${inMega(growth.surePerHour)} for sure`,
      limit: `${inMega(dataLimits.perHour)} an hour, once it is ${inMega(dataLimits.overall)} in all`,
      isGood: growth.surePerHour <= dataLimits.perHour || growth.overall <= dataLimits.overall,
    });
  }

  for (const {name, handles} of record.handlesAfter) {
    const most = record.handlesBefore + record.handlesMore;
    findings.push({
      name: `handles of ${name} once the load is gone`,
      found: `${handles}; ${record.handlesBefore} before it came`,
      limit: `at most ${most}`,
      isGood: handles <= most,
    });
  }

  const quiet = samples.filter(({atMs}) => !record.faults.some(fault => isDuring(fault, atMs)));
  const lag = (name: string, values: (number | undefined)[], most: number) => {
    const known = values.filter(value => value !== undefined);
    const worst = known.reduce((one, other) => Math.max(one, other), 0);
    findings.push({name, found: inSeconds(worst), limit: `at most ${inSeconds(most)}`, isGood: worst <= most});
  };
  lag(
    'expired items are deleted late by',
    quiet.map(({load}) => load.expiryLateMs),
    expiryLateMsMax,
  );
  lag(
    'the reader of the stream is behind by',
    quiet.map(({load}) => load.readerBehindMs),
    readerBehindMsMax,
  );
  lag(
    'an index that is added is filled within',
    quiet.map(({load}) => load.fillMs),
    fillMsMax,
  );
  lag(
    'the oldest record of the stream has the age of',
    quiet.map(({load}) => load.oldestRecordMs),
    options.retentionSeconds * 1000 + trimLateMsMax,
  );
  return findings;
}

function isDuring({startMs, endMs}: {startMs: number; endMs: number}, atMs: number): boolean {
  return atMs >= startMs && atMs <= endMs + recoverMs;
}

/** Of each name the process that lived longest, without the time in which it filled its caches. */
function longestLives({samples}: SoakRecord): [string, Point[]][] {
  const lives = new Map<number, {name: string; points: Point[]}>();
  for (const {atMs, processes} of samples) {
    for (const {name, pid, use} of processes) {
      const life = lives.get(pid) ?? {name, points: []};
      lives.set(pid, life);
      life.points.push([atMs, use.ownBytes]);
    }
  }
  const longest = new Map<string, Point[]>();
  for (const {name, points} of lives.values())
    if (points.length > (longest.get(name)?.length ?? 0)) longest.set(name, points);
  return [...longest].map(([name, points]) => [name, afterWarmUp(points)]);
}

function afterWarmUp(points: readonly Point[]): Point[] {
  if (points.length === 0) return [];
  const startMs = points[0]![0];
  const warmMs = Math.min((points.at(-1)![0] - startMs) / 3, warmUpMsMax);
  return points.filter(([atMs]) => atMs >= startMs + warmMs);
}

function inMinutes(points: readonly Point[]): string {
  return `${(((points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0)) / 60_000).toFixed(1)} minutes`;
}
