import type {Clock} from '../base/clock.ts';

interface Progress {
  doing: string;
  entries: number;
  bytes: number;
  entriesAbout: number | undefined;
}

const everyMs = 1_000;

/** Tells on stderr how far something is, once a second at most: in one line that changes, where a person looks on. */
export function progressLines(clock: Clock): {show(progress: Progress): void; end(): void} {
  const changes = process.stderr.isTTY;
  let began: {doing: string; ms: number; entries: number} | undefined;
  let shownMs = 0;
  let isOpen = false;
  const end = () => {
    if (isOpen) process.stderr.write('\n');
    isOpen = false;
  };
  return {
    show(progress) {
      const nowMs = clock.now();
      if (began?.doing !== progress.doing) {
        end();
        began = {doing: progress.doing, ms: nowMs, entries: progress.entries};
        shownMs = 0;
      }
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const rate = ((progress.entries - began.entries) * 1000) / Math.max(1, nowMs - began.ms);
      const text = lineOf(progress, rate);
      process.stderr.write(changes ? `\r${text.padEnd(78)}` : `${text}\n`);
      isOpen = changes;
    },
    end,
  };
}

function lineOf({doing, entries, bytes, entriesAbout}: Progress, rate: number): string {
  const count = (number: number) => Math.round(number).toLocaleString('en-US');
  const about = entriesAbout === undefined ? '' : ` of about ${count(Math.max(entries, entriesAbout))}`;
  const left = Math.max(0, (entriesAbout ?? 0) - entries) / rate;
  const time = rate > 0 && left > 0 ? `, about ${count(left)} s left` : '';
  const speed = rate > 0 ? `, ${count(rate)} a second` : '';
  return `${doing}: ${count(entries)}${about} entries, ${(bytes / 1e6).toFixed(1)} MB${speed}${time}`;
}
