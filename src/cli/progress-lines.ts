import type {Clock} from '../base/clock.ts';

interface Progress {
  doing: string;
  /** Entries, or commits. */
  count: number;
  bytes: number;
  countAbout: number | undefined;
}

const everyMs = 1_000;

/** Tells on stderr how far something is, once a second at most: in one line that changes, where a person looks on. */
export function progressLines(clock: Clock): {show(progress: Progress): void; end(): void} {
  const changes = process.stderr.isTTY;
  let began: {doing: string; ms: number; count: number} | undefined;
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
        began = {doing: progress.doing, ms: nowMs, count: progress.count};
        shownMs = 0;
      }
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const rate = ((progress.count - began.count) * 1000) / Math.max(1, nowMs - began.ms);
      const text = lineOf(progress, rate);
      process.stderr.write(changes ? `\r${text.padEnd(78)}` : `${text}\n`);
      isOpen = changes;
    },
    end,
  };
}

function lineOf({doing, count, bytes, countAbout}: Progress, rate: number): string {
  const whole = (number: number) => Math.round(number).toLocaleString('en-US');
  const speed = rate > 0 ? `, ${whole(rate)} a second` : '';
  if (doing === 'following') return `following: ${whole(count)} commits${speed}`;
  const about = countAbout === undefined ? '' : ` of about ${whole(Math.max(count, countAbout))}`;
  const left = Math.max(0, (countAbout ?? 0) - count) / rate;
  const time = rate > 0 && left > 0 ? `, about ${whole(left)} s left` : '';
  return `${doing}: ${whole(count)}${about} entries, ${(bytes / 1e6).toFixed(1)} MB${speed}${time}`;
}
