import {readdirSync, readFileSync} from 'node:fs';

/** What a process uses at one moment. Linux only. */
export interface ProcessUse {
  /** All of its memory that is there, with what it maps of the data file. */
  residentBytes: number;
  /** Memory of its own: heap, buffers, stacks. */
  ownBytes: number;
  handles: number;
  /** Of one core, since it began. */
  cpuMs: number;
}

const ticksPerSecond = 100;

/** Undefined when the process is gone. */
export function useOf(pid: number): ProcessUse | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second member is a name in parentheses, which may hold anything.
    const members = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(members[11]) + Number(members[12]);
    return {
      residentBytes: bytes('VmRSS'),
      ownBytes: bytes('RssAnon'),
      handles: readdirSync(`/proc/${pid}/fd`).length,
      cpuMs: (ticks * 1000) / ticksPerSecond,
    };
  } catch {
    return undefined;
  }
}
