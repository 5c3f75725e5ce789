import {readFileSync} from 'node:fs';

/** For the store, logs, and connections that are being refused. */
const reserved = 500;

/** How many connections this process may have open at once and still open files. Infinity where nobody says. */
export function connectionsThatFit(): number {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'latin1');
  } catch {
    // Not Linux.
    return Number.POSITIVE_INFINITY;
  }
  const [, openFiles] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  if (openFiles === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(Number(openFiles) - reserved, Math.floor(Number(openFiles) / 2));
}
