import {parseArgs} from 'node:util';
import {scenarios} from './scenarios.ts';
import {allServers} from './servers/all.ts';
import type {BenchServer} from './servers/server.ts';

export interface BenchOptions {
  readonly servers: readonly BenchServer[];
  /** Names of scenarios. */
  readonly only: readonly string[];
  /** Table sizes, ascending. */
  readonly items: readonly number[];
  readonly concurrency: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  /** How often start-up is measured for Stator; 0 leaves it out. */
  readonly starts: number;
  /** A server that needs longer to load a table is left out of that size. */
  readonly loadSecondsMax: number;
}

export const usage = `npm run bench -- [options]
  --servers a,b      ${allServers.map(({id}) => id).join(', ')} (a prefix names several)
  --only A,B         ${scenarios.map(({name}) => name).join(', ')} (a prefix names several)
  --items N,M        sizes of the table (10000,1000000)
  --concurrency N,M  connections, each with one request at a time (1,32)
  --seconds S        of each round (1)
  --rounds N         of each cell, servers in turn; the median counts (3)
  --starts N         measurements of start-up (10; 0: none)
  --load-limit S     seconds that a server may take to load a table (900)
  --quick            10,000 items only, 0.4 s a round, 3 starts`;

const ordersMin = 1000;

/** Throws an Error whose message is for the caller. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const {values} = parseArgs({
    args: [...args],
    options: {
      servers: {type: 'string', default: ''},
      only: {type: 'string', default: ''},
      items: {type: 'string'},
      concurrency: {type: 'string', default: '1,32'},
      seconds: {type: 'string'},
      rounds: {type: 'string', default: '3'},
      starts: {type: 'string'},
      'load-limit': {type: 'string', default: '900'},
      quick: {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  if (values.help) throw new Error(usage);
  const number = (name: string, text: string, min: number) => {
    const value = Number(text.replaceAll('_', ''));
    if (!(value >= min)) throw new Error(`--${name}: '${text}' is not a number from ${min} up`);
    return value;
  };
  const numbers = (name: string, text: string, min: number) =>
    text.split(',').map(part => Math.floor(number(name, part, min)));
  const chosen = <T>(name: string, text: string, all: readonly T[], nameOf: (one: T) => string) => {
    const prefixes = text.toLowerCase().split(',').filter(Boolean);
    const unknown = prefixes.find(prefix => !all.some(one => nameOf(one).toLowerCase().startsWith(prefix)));
    if (unknown) throw new Error(`--${name}: nothing is called '${unknown}'; there is ${all.map(nameOf).join(', ')}`);
    return all.filter(one => !prefixes.length || prefixes.some(prefix => nameOf(one).toLowerCase().startsWith(prefix)));
  };
  const {quick} = values;
  return {
    servers: chosen('servers', values.servers, allServers, ({id}) => id),
    only: chosen('only', values.only, scenarios, ({name}) => name).map(({name}) => name),
    items: numbers('items', values.items ?? (quick ? '10000' : '10000,1000000'), ordersMin).sort((a, b) => a - b),
    concurrency: numbers('concurrency', values.concurrency, 1),
    seconds: number('seconds', values.seconds ?? (quick ? '0.4' : '1'), 0.05),
    rounds: Math.floor(number('rounds', values.rounds, 1)),
    starts: Math.floor(number('starts', values.starts ?? (quick ? '3' : '10'), 0)),
    loadSecondsMax: number('load-limit', values['load-limit'], 1),
  };
}
