import {systemClock} from '../../../src/base/clock.ts';

/** Values like this one with less in them, the smallest first: halves of texts and lists left out, members left out. */
function* smaller(value: unknown): Generator<unknown> {
  if (typeof value === 'string' || Array.isArray(value)) {
    for (let size = value.length; size >= 1; size = size >> 1) {
      for (let at = 0; at + size <= value.length; at += size) {
        yield typeof value === 'string'
          ? value.slice(0, at) + value.slice(at + size)
          : [...value.slice(0, at), ...value.slice(at + size)];
      }
    }
    if (typeof value === 'string') return;
    for (const [at, element] of value.entries()) {
      for (const less of smaller(element)) yield value.with(at, less);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      for (const less of smaller(member)) yield {...value, [name]: less};
    }
  }
}

const triesMax = 2_000;
const shrinkMsMax = 20_000;

/** The smallest input that was found to fail still, before tries or time were over. */
export function shrunk<Input>(input: Input, fails: (input: Input) => boolean): Input {
  let tries = 0;
  const endMs = systemClock.now() + shrinkMsMax;
  let found = true;
  let smallest = input;
  while (found) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (++tries > triesMax || systemClock.now() > endMs) return smallest;
      if (!fails(candidate as Input)) continue;
      smallest = candidate as Input;
      found = true;
      break;
    }
  }
  return smallest;
}
