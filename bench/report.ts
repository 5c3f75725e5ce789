import {type BenchResult, type Cell, findCell} from './result.ts';
import {judgeTargets} from './targets.ts';

type Row = readonly string[];

const rateText = (perSecond: number) => (perSecond < 100 ? perSecond.toFixed(1) : String(Math.round(perSecond)));
const marks = (cell: Cell) => (cell.errors ? ' !' : '') + (cell.generatorBound ? ' ~' : '');

/** Columns of equal width: readable on a terminal, and a table in Markdown. */
function table([head, ...body]: readonly Row[]): string {
  const rows = [head!, ...body];
  const widths = head!.map((_, column) => Math.max(3, ...rows.map(row => row[column]!.length)));
  const line = (row: Row) =>
    `| ${row.map((text, column) => (column ? text.padStart(widths[column]!) : text.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(head!), rule, ...body.map(line)].join('\n');
}

/** Whose numbers stand over whose in the ratio columns. */
const ratios = [
  ['memory ÷ Dynoxide', 'stator-memory', 'dynoxide-memory'],
  ['durable ÷ Dynoxide file', 'stator-durable', 'dynoxide-file'],
  ['memory ÷ dynalite', 'stator-memory', 'dynalite'],
  ['memory ÷ DynamoDB Local', 'stator-memory', 'dynamodb-local'],
  ['memory ÷ floor', 'stator-memory', 'floor'],
] as const;

export function renderReport(result: BenchResult): string {
  const measured = result.servers.filter(({id}) => result.cells.some(cell => cell.server === id));
  const distinct = <T>(values: readonly T[]) => [...new Set(values)];
  const parts: string[] = ['# Stator benchmark', '', describe(result)];

  for (const items of distinct(result.cells.map(cell => cell.items))) {
    for (const concurrency of distinct(result.cells.map(cell => cell.concurrency))) {
      const cells = result.cells.filter(cell => cell.items === items && cell.concurrency === concurrency);
      const names = distinct(cells.map(({scenario}) => scenario));
      const cellOf = (server: string, scenario: string) => findCell(result, server, scenario, items, concurrency);
      const ratioTable = (ratio: (ours: Cell, theirs: Cell) => number) =>
        table([
          ['', ...ratios.map(([title]) => title)],
          ...names.map(name => [
            name,
            ...ratios.map(([, ours, theirs]) => {
              const [our, their] = [cellOf(ours, name), cellOf(theirs, name)];
              const value = our && their ? ratio(our, their) : Number.NaN;
              return Number.isFinite(value) ? value.toFixed(2) : '–';
            }),
          ]),
        ]);
      parts.push('', `## ${items} items, concurrency ${concurrency}`);
      parts.push('', 'Stator beside the others, as ratios of requests a second:', '');
      parts.push(ratioTable((ours, theirs) => ours.perSecond / theirs.perSecond));
      parts.push(
        '',
        'The same as ratios of requests for each second of server CPU, which a busy machine disturbs less:',
        '',
      );
      parts.push(ratioTable((ours, theirs) => (theirs.serverCpuUs ?? Number.NaN) / (ours.serverCpuUs ?? Number.NaN)));
      const grid = (text: (cell: Cell) => string) =>
        table([
          ['', ...measured.map(({title}) => title)],
          ...names.map(name => [
            name,
            ...measured.map(({id}) => {
              const cell = cellOf(id, name);
              return cell ? text(cell) : '–';
            }),
          ]),
        ]);
      parts.push(
        '',
        'Requests a second:',
        '',
        grid(cell => rateText(cell.perSecond) + marks(cell)),
      );
      parts.push(
        '',
        'Latency p50 / p99 in µs:',
        '',
        grid(({p50Us, p99Us}) => `${Math.round(p50Us)} / ${Math.round(p99Us)}`),
      );
      parts.push('', 'CPU of the server in µs a request, and of the generator in % of its core:', '', grid(cpuText));
    }
  }
  parts.push(
    '',
    "`!`: some answers were errors. `~`: the load generator was the limit, so the server's number is too low.",
  );
  parts.push('', generatorNote(result));
  parts.push('', '## Start-up, memory and loading', '', startTable(result), '', loadTable(result));
  parts.push('', '## Targets', '', targetTable(result), '');
  return parts.join('\n');
}

const cpuText = ({serverCpuUs, generatorCpu}: Cell) =>
  `${serverCpuUs === null ? '–' : serverCpuUs.toFixed(serverCpuUs < 100 ? 1 : 0)}, ${Math.round(generatorCpu * 100)} %`;

function describe({at, machine, settings, servers}: BenchResult): string {
  const pinned = machine.pinned
    ? 'Each server on core 0, the load on core 1.'
    : 'Processes were NOT pinned to cores here.';
  const notes = servers.map(({title, durability, missing}) =>
    [`- ${title}: durability ${durability}`, ...missing.map(reason => `**not available**: ${reason}`)].join('; '),
  );
  return (
    `${at}, ${machine.cpu} (${machine.cores} cores), Node ${machine.node}; this disk does ${machine.flushesPerSecond} ` +
    `flushes of 4 KB a second. ${pinned} Medians of ${settings.rounds} rounds of ${settings.seconds} s, servers in turn.\n\n` +
    notes.join('\n')
  );
}

/** Whether the load generator could have driven more than it was asked to. */
function generatorNote({cells}: BenchResult): string {
  const fastest = cells.filter(({server}) => server === 'floor').sort((a, b) => b.perSecond - a.perSecond)[0];
  const busiest = Math.max(0, ...cells.filter(({server}) => server !== 'floor').map(({generatorCpu}) => generatorCpu));
  const floor = fastest
    ? `The load generator against the floor: ${rateText(fastest.perSecond)} requests a second with ` +
      `${Math.round(fastest.generatorCpu * 100)} % of its core. `
    : '';
  return `${floor}Against every other server it used at most ${Math.round(busiest * 100)} %.`;
}

const startTable = ({starts}: BenchResult) =>
  table([
    ['', 'first answer, ms', 'idle memory, MB'],
    ...starts.map(start => [start.server, start.firstAnswerMs.toFixed(0), start.idleRssMb.toFixed(0)]),
  ]);

const loadTable = ({loads}: BenchResult) =>
  table([
    ['', 'items', 'loading, s', 'items a second'],
    ...loads.map(({server, items, seconds, perSecond}) => [
      server,
      String(items),
      seconds.toFixed(1),
      rateText(perSecond),
    ]),
  ]);

const targetTable = (result: BenchResult) =>
  table([
    ['target', 'found', 'verdict'],
    ...judgeTargets(result).map(({target, found, reached}) => [
      target,
      found,
      reached === undefined ? '–' : reached ? 'reached' : 'NOT REACHED',
    ]),
  ]);
