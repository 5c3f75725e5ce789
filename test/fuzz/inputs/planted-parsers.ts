import type {ParserFuzz} from '../parsers/parser-fuzz.ts';

const kept: string[] = [];

function planted(name: string, check: (text: string) => void): ParserFuzz<string> {
  return {
    name,
    generate: chance => chance.many(0, 40, () => chance.pick(['a', 'b', '(', ')', '__proto__'])).join(''),
    check(text) {
      check(text);
      return text.length % 2 ? 'odd' : undefined;
    },
  };
}

/** Each has a fault that only some inputs meet. */
export const parsers: readonly ParserFuzz<string>[] = [
  planted('throws', text => {
    if (/\(a\(b/.test(text)) (undefined as unknown as string).trim();
  }),
  planted('is-slow', text => {
    if (!text.includes('(ab)')) return;
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 15_000) 'k'.repeat(100_000).split('').reverse();
  }),
  planted('comes-to-no-end', text => {
    while (text.includes('(ab)'));
  }),
  planted('pollutes', text => {
    if (text.includes('(__proto__)')) (Object.prototype as Record<string, unknown>).planted = text;
  }),
  planted('changes-what-is-inherited', text => {
    if (text.includes('(ab)')) Array.prototype.keys = () => [].values() as never;
  }),
  planted('keeps-memory', text => {
    kept.push(`${text}${'k'.repeat(1_000)}`.split('').join('-'));
  }),
  planted('is-sound', () => {}),
];
