import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Finding} from './judge-run.ts';
import {type ChartLine, type ChartPoint, escapeXml, lineChart} from './line-chart.ts';
import type {Sample, SoakRecord} from './record.ts';

const mega = 2 ** 20;

/** Writes a page with charts, and what was measured beside it. Returns the page's path. */
export function writeReport(record: SoakRecord, findings: readonly Finding[]): string {
  const {options, startMs} = record;
  const workers = options.workers > 1 ? `-${options.workers}-workers` : '';
  const time = new Date(startMs).toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = join(options.out, `${time}-${options.store}${workers}`);
  mkdirSync(folder, {recursive: true});
  for (const [name, svg] of chartsOf(record)) writeFileSync(join(folder, `${name}.svg`), svg);
  writeFileSync(join(folder, 'record.json'), JSON.stringify({...record, findings}));
  const page = join(folder, 'report.html');
  writeFileSync(page, pageOf(record, findings));
  return page;
}

function chartsOf({samples, faults, startMs, endMs}: SoakRecord): [string, string][] {
  const marks = faults.map((fault, at) => ({
    startMs: fault.startMs - startMs,
    endMs: fault.endMs - startMs,
    label: String(at + 1),
  }));
  const chart = (name: string, title: string, unit: string, lines: ChartLine[]): [string, string] => [
    name,
    lineChart({title, unit, lines, endMs: endMs - startMs, marks}),
  ];
  const line = (name: string, read: (sample: Sample, at: number) => number | undefined): ChartLine => ({
    name,
    points: samples.map((sample, at): ChartPoint => [sample.atMs - startMs, read(sample, at)]),
  });
  const ms = (name: string, read: (sample: Sample) => number | undefined, isDots = false): ChartLine => ({
    ...line(name, sample => {
      const value = read(sample);
      return value === undefined ? undefined : value / 1000;
    }),
    isDots,
  });
  const seconds = (at: number) => (at === 0 ? undefined : (samples[at]!.atMs - samples[at - 1]!.atMs) / 1000);
  const perSecond = (read: (sample: Sample) => number) => (sample: Sample, at: number) => {
    const passed = seconds(at);
    return passed ? read(sample) / passed : undefined;
  };
  const names = [...new Set(samples.flatMap(({processes}) => processes.map(({name}) => name)))];
  const useOf = (sample: Sample | undefined, name: string) => sample?.processes.find(one => one.name === name);
  const hasData = samples.some(({dataBytes}) => dataBytes !== undefined);

  return [
    chart('requests', 'Requests', 'per second', [
      line(
        'answered',
        perSecond(({load}) => load.requests),
      ),
      line(
        'failed amid a fault',
        perSecond(({load}) => load.excused),
      ),
    ]),
    chart('latency', 'Time to answer', 'ms', [
      line('median', ({load}) => (load.requests ? load.p50 : undefined)),
      line('99 of 100', ({load}) => (load.requests ? load.p99 : undefined)),
    ]),
    chart(
      'memory',
      'Memory of the servers’ own',
      'MB',
      names.map(name => line(name, sample => scaled(useOf(sample, name)?.use.ownBytes, mega))),
    ),
    chart(
      'resident',
      'Memory that is resident, with what is mapped of the data',
      'MB',
      names.map(name => line(name, sample => scaled(useOf(sample, name)?.use.residentBytes, mega))),
    ),
    ...(hasData
      ? [chart('data', 'Size of the data', 'MB', [line('allocated', ({dataBytes}) => scaled(dataBytes, mega))])]
      : []),
    chart(
      'handles',
      'Open handles',
      'handles',
      names.map(name => line(name, sample => useOf(sample, name)?.use.handles)),
    ),
    chart(
      'cpu',
      'Processor',
      '% of a core',
      names.map(name =>
        line(name, (sample, at) => {
          const before = useOf(samples[at - 1], name);
          const now = useOf(sample, name);
          const passed = seconds(at);
          if (!before || !now || !passed || before.pid !== now.pid) return undefined;
          return (now.use.cpuMs - before.use.cpuMs) / 10 / passed;
        }),
      ),
    ),
    chart('lags', 'Lags of jobs and readers', 's', [
      ms('deletion of expired items', ({load}) => load.expiryLateMs),
      ms('reader of the stream', ({load}) => load.readerBehindMs),
      ms('an index is filled', ({load}) => load.fillMs, true),
    ]),
    chart('stream', 'Oldest record of the stream', 's', [ms('age', ({load}) => load.oldestRecordMs, true)]),
    chart('expiring', 'Items with a time to live', 'items', [
      {...line('there', ({load}) => load.expiring), isDots: true},
    ]),
  ];
}

const scaled = (value: number | undefined, unit: number) => (value === undefined ? undefined : value / unit);

function pageOf(record: SoakRecord, findings: readonly Finding[]): string {
  const {options, startMs, endMs, faults, problems, done, complaints} = record;
  const isGood = findings.every(finding => finding.isGood);
  const row = (cells: readonly string[], kind = 'td') =>
    `<tr>${cells.map(cell => `<${kind}>${escapeXml(cell)}</${kind}>`).join('')}</tr>`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<table>${row(head, 'th')}${rows.map(cells => row(cells)).join('\n')}</table>`;
  const minute = (ms: number) => ((ms - startMs) / 60_000).toFixed(2);
  const servers = `${options.nodes > 1 ? `${options.nodes} nodes` : 'one server'}, ${options.workers} ${options.workers > 1 ? 'workers each' : 'process each'}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Soak of Stator, ${options.store}</title>
<style>
body {font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 980px; margin: 2em auto; padding: 0 1em}
table {border-collapse: collapse; margin: 1em 0} th, td {text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid #ddd}
svg {max-width: 100%; height: auto; margin: 6px 0} .bad {color: #b00020} .good {color: #1b7f3b} pre {white-space: pre-wrap; font-size: 12px}
</style></head><body>
<h1>Soak: ${options.store}, ${((endMs - startMs) / 60_000).toFixed(1)} minutes: <span class="${isGood ? 'good' : 'bad'}">${isGood ? 'good' : 'NOT good'}</span></h1>
<p>${new Date(startMs).toISOString()}; ${escapeXml(servers)}; ${options.rate} requests a second wanted; ${options.keys} items written
again and again; seed ${options.seed}; Node ${process.versions.node}.</p>
${table(
  ['', 'found', 'limit', ''],
  findings.map(({name, found, limit, isGood: well}) => [name, found, limit, well ? 'good' : 'NOT GOOD']),
)}
${chartsOf(record)
  .map(([, svg]) => svg)
  .join('\n')}
<h2>What was done to the servers</h2>
${table(
  ['', 'minute', 'seconds', ''],
  faults.map(({name, startMs: from, endMs: to}, at) => [
    `${at + 1}`,
    minute(from),
    ((to - from) / 1000).toFixed(1),
    name,
  ]),
)}
<h2>What was asked for</h2>
${table(
  ['', 'times'],
  Object.entries(done).map(([name, times]) => [name, times.toLocaleString('en-US')]),
)}
<h2>Problems</h2>
<pre>${escapeXml([...problems, ...complaints.slice(0, 20)].join('\n') || 'none')}</pre>
</body></html>
`;
}
