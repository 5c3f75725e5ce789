import {keySpace} from './register.ts';

/** Who does some work that one process in the cluster does at a time. */
export interface LeaseRecord {
  /** A process: no two ever have the same. */
  holder: string;
  /** Goes up as long as the holder lives. */
  renewals: number;
}

export function leaseKey(name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(keySpace.lease)}${name}`, 'latin1');
}

export function encodeLease(record: LeaseRecord): Buffer {
  return Buffer.from(JSON.stringify(record), 'utf8');
}

export function decodeLease(bytes: Buffer): LeaseRecord {
  return JSON.parse(bytes.toString('utf8')) as LeaseRecord;
}
