import {type ChildProcess, type SpawnOptions, spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

export const serverCore = 0;
export const loadCore = 1;

/** Whether processes can be bound to cores here (Linux with `taskset`). Elsewhere they run unpinned, and the report says so. */
export const canPin = spawnSync('taskset', ['-c', String(loadCore), 'true'], {stdio: 'ignore'}).status === 0;

/** Spawns a program bound to one core. The pid is the program's own, since `taskset` replaces itself. */
export function spawnPinned(
  core: number,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  return canPin ? spawn('taskset', ['-c', String(core), command, ...args], options) : spawn(command, args, options);
}

/** CPU seconds that a process has used, or NaN where /proc does not tell. */
export function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in ticks of 1/100 s
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in MB, or NaN where /proc does not tell. */
export function rssMbOf(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}
