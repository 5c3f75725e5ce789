import type {ShardName} from '../../keyspace/stream-record.ts';

const timeDigits = 20;
const numberDigits = 8;
const pattern = new RegExp(`^shardId-\\d{${timeDigits}}-([0-9a-f]{${numberDigits}})$`);

/** As AWS makes them: a time in milliseconds and eight hexadecimal digits. In order of age, as consumers expect. */
export function shardId({openedMs, number}: ShardName): string {
  return `shardId-${String(openedMs).padStart(timeDigits, '0')}-${number.toString(16).padStart(numberDigits, '0')}`;
}

/** The number in a shard's id; undefined for a text that is none. Its time is checked where the shard is found. */
export function shardNumber(id: string): number | undefined {
  const [, number] = pattern.exec(id) ?? [];
  return number === undefined ? undefined : Number.parseInt(number, 16);
}
