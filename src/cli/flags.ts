/** Every setting of the program: `--name value` on the command line, `STATOR_NAME` in the environment. */
export interface Flag {
  name: string;
  kind: 'text' | 'number' | 'switch';
  /** What stands for the value in `--help`. */
  value?: string;
  fallback?: string;
  help: string;
}

export const flags = [
  {name: 'port', kind: 'number', value: 'PORT', fallback: '8000', help: 'port to listen on; 0 picks a free one'},
  {
    name: 'host',
    kind: 'text',
    value: 'HOST',
    fallback: '127.0.0.1',
    help: 'address to listen on; anyone who reaches it can read and write',
  },
  {name: 'data', kind: 'text', value: 'DIR', fallback: './stator-data', help: 'folder that keeps the data'},
  {
    name: 'store',
    kind: 'text',
    value: 'URL',
    help: 'keep the data in PostgreSQL instead, which any number of nodes may share: postgres://user@host/db',
  },
  {
    name: 'read-store',
    kind: 'text',
    value: 'URL',
    help: 'a standby of it, which eventually consistent reads may go to',
  },
  {
    name: 'store-shards',
    kind: 'number',
    value: 'N',
    fallback: '32',
    help: 'where the database has Citus: over how many shards new tables are spread',
  },
  {name: 'in-memory', kind: 'switch', help: 'keep nothing: no folder, no flush, empty at every start'},
  {
    name: 'durability',
    kind: 'text',
    value: 'HOW',
    fallback: 'commit',
    help: 'commit: answered means flushed to disk; relaxed: flushed soon after',
  },
  {name: 'workers', kind: 'number', value: 'N', fallback: '1', help: 'processes that share the port and the data'},
  {
    name: 'region',
    kind: 'text',
    value: 'REGION',
    fallback: 'us-east-1',
    help: 'region named in health answers and in the lines to try',
  },
  {
    name: 'stream-shards',
    kind: 'number',
    value: 'N',
    fallback: '1',
    help: 'shards that a new stream has at least, up to 64',
  },
  {
    name: 'stream-roll',
    kind: 'number',
    value: 'SECONDS',
    fallback: '14400',
    help: 'how long a shard is open before others go on in its place',
  },
  {
    name: 'stream-retention',
    kind: 'number',
    value: 'SECONDS',
    fallback: '86400',
    help: 'how long the records of streams are kept',
  },
  {
    name: 'connections',
    kind: 'number',
    value: 'N',
    fallback: '10000',
    help: 'connections of a process; requests on more are told 503',
  },
  {
    name: 'in-flight',
    kind: 'number',
    value: 'MB',
    fallback: '256',
    help: 'what a process holds of bodies that are coming, of those that wait, and of answers not taken; more is told 503',
  },
  {
    name: 'request-timeout',
    kind: 'number',
    value: 'SECONDS',
    fallback: '120',
    help: 'a request that takes longer to arrive is cut off; its head, after a quarter of it',
  },
  {
    name: 'idle-timeout',
    kind: 'number',
    value: 'SECONDS',
    fallback: '180',
    help: 'how long a connection may wait for its next request',
  },
  {name: 'help', kind: 'switch', help: 'show this'},
  {name: 'version', kind: 'switch', help: 'show the version'},
] as const satisfies readonly Flag[];

export type FlagName = (typeof flags)[number]['name'];

export function environmentName(flag: string): string {
  return `STATOR_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** The user gave the program something that it can't use; the message says what to do. */
export class UsageError extends Error {}

export interface Settings {
  port: number;
  host: string;
  data: string;
  /** Where PostgreSQL is; empty: the data is here. */
  store: string;
  /** A standby of it; empty: none. */
  readStore: string;
  storeShards: number;
  inMemory: boolean;
  durability: 'commit' | 'relaxed';
  workers: number;
  region: string;
  streamShards: number;
  streamRollSeconds: number;
  streamRetentionSeconds: number;
  connections: number;
  inFlightMegabytes: number;
  requestTimeoutSeconds: number;
  idleTimeoutSeconds: number;
  help: boolean;
  version: boolean;
}

/** The command line wins over the environment, which wins over the fallback. Throws UsageError. */
export function readSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const given = new Map<string, string>();
  for (const {name} of flags as readonly Flag[]) {
    const value = environment[environmentName(name)];
    if (value !== undefined && value !== '') given.set(name, value);
  }
  for (const [name, value] of readArguments(args)) given.set(name, value);
  const text = (name: FlagName) =>
    given.get(name) ?? (flags as readonly Flag[]).find(flag => flag.name === name)?.fallback ?? '';
  const durability = text('durability');
  if (durability !== 'commit' && durability !== 'relaxed') {
    throw new UsageError(`--durability is 'commit' or 'relaxed', not '${durability}'`);
  }
  const settings: Settings = {
    port: wholeNumber('port', text('port'), 0, 65_535),
    host: text('host'),
    data: text('data'),
    store: text('store'),
    readStore: text('read-store'),
    // More than there are partitions of a table would lie idle.
    storeShards: wholeNumber('store-shards', text('store-shards'), 1, 256),
    inMemory: isOn('in-memory', text('in-memory')),
    durability,
    workers: wholeNumber('workers', text('workers'), 1, 256),
    region: text('region'),
    streamShards: wholeNumber('stream-shards', text('stream-shards'), 1, 64),
    streamRollSeconds: wholeNumber('stream-roll', text('stream-roll'), 1, 86_400),
    streamRetentionSeconds: wholeNumber('stream-retention', text('stream-retention'), 1, 604_800),
    connections: wholeNumber('connections', text('connections'), 1, 1_000_000),
    // Less would not hold the largest request.
    inFlightMegabytes: wholeNumber('in-flight', text('in-flight'), 32, 65_536),
    requestTimeoutSeconds: wholeNumber('request-timeout', text('request-timeout'), 1, 3_600),
    idleTimeoutSeconds: wholeNumber('idle-timeout', text('idle-timeout'), 1, 86_400),
    help: isOn('help', text('help')),
    version: isOn('version', text('version')),
  };
  // An empty folder would be the current one, and an empty host every address of this machine.
  if (settings.data === '') throw new UsageError('--data names a folder, such as ./stator-data');
  if (settings.host === '') throw new UsageError('--host names an address of this machine, such as 127.0.0.1');
  if (settings.inMemory && settings.workers > 1) {
    throw new UsageError(
      '--in-memory keeps the data of one process: leave out --workers, or keep the data with --data DIR',
    );
  }
  if (settings.store !== '' && !/^postgres(ql)?:\/\/./.test(settings.store))
    throw new UsageError('--store is a URL such as postgres://user@host/db');
  if (settings.readStore !== '' && !/^postgres(ql)?:\/\/./.test(settings.readStore))
    throw new UsageError('--read-store is a URL such as postgres://user@standby/db');
  if (settings.readStore !== '' && settings.store === '')
    throw new UsageError('--read-store names a standby of what --store names: give both');
  if (settings.store !== '' && settings.inMemory)
    throw new UsageError('--store and --in-memory both say where the data is: leave out one of them');
  if (!/^[a-z0-9-]+$/.test(settings.region))
    throw new UsageError(`--region is a name such as us-east-1, not '${settings.region}'`);
  return settings;
}

function readArguments(args: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at < args.length; at++) {
    const [, name, , attached] = /^--([a-z-]+)(=(.*))?$/s.exec(args[at]!) ?? [];
    const flag = (flags as readonly Flag[]).find(one => one.name === name);
    if (!flag) throw new UsageError(`'${args[at]}' is not a setting; --help lists them`);
    if (flag.kind === 'switch') {
      found.push([flag.name, attached ?? 'true']);
      continue;
    }
    const value = attached ?? args[++at];
    if (value === undefined || (attached === undefined && value.startsWith('--')))
      throw new UsageError(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
    found.push([flag.name, value]);
  }
  return found;
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name} is a whole number from ${min} to ${max}, not '${text}'`);
  return value;
}

function isOn(name: string, text: string): boolean {
  if (text === '' || text === 'false' || text === '0') return false;
  if (text === 'true' || text === '1') return true;
  throw new UsageError(`--${name} is 'true' or 'false', not '${text}'`);
}

export function helpText(): string {
  const rows = (flags as readonly Flag[]).map(flag => {
    const left = `  --${flag.name}${flag.value ? ` ${flag.value}` : ''}`;
    const fallback = flag.fallback ? ` [${flag.fallback}]` : '';
    return `${left.padEnd(30)}${flag.help}${fallback}`;
  });
  return `Stator: DynamoDB on your own machine.

Usage: npm start -- [settings]        (in a clone)
       stator [settings]              (installed)
       stator copy --from … --to …    moves the data elsewhere; stator copy --help tells how

${rows.join('\n')}

Each setting is also read from the environment: --in-memory is ${environmentName('in-memory')}=true, --port is ${environmentName('port')}.

Any well-formed credentials are accepted; their region picks the set of tables. Try it:
  AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_REGION=us-east-1 \\
    aws dynamodb list-tables --endpoint-url http://127.0.0.1:8000`;
}
