/**
 * Bytes of any content, written so that they end themselves and keep their order whatever follows. Bytes that are not zero
 * stand for themselves; a run of zeros is `00` and one more byte, which says how it goes on:
 *
 * - `00 n` (n ≤ 126): n zeros, then the end. Every value ends so, with n = 0 if it does not end in zeros.
 * - `00 80`: 127 zeros, and more of the value follows (perhaps only its end).
 * - `00 ff-n` (1 ≤ n ≤ 126): n zeros, then a byte that is not zero.
 *
 * Why the order holds: at the first difference of two values, one has a zero more than the other in the same place. Where
 * the other ends it is less, and its code n is less than every code of a longer run (larger n, 80, ff-m); where the other
 * goes on with a nonzero byte it is greater, and ff-n falls as n grows. An isolated zero costs one byte more, so n bytes
 * take at most 1.5 n + 2: doubling every zero would not fit the longest sort keys into a store's key.
 */
const endRunMax = 126;
const fullRun = 127;
const fullRunCode = 0x80;

/** The most bytes that `size` bytes can take. */
export function zeroRunsBytesMax(size: number): number {
  return size + ((size + 1) >> 1) + 2;
}

/** Writes the encoding of `source` to `target` at `offset` and returns the offset behind it. The two must not overlap. */
export function writeZeroRuns(target: Buffer, offset: number, source: Uint8Array): number {
  const end = source.length;
  let to = offset;
  let at = 0;
  while (at < end) {
    const byte = source[at]!;
    if (byte !== 0) {
      target[to++] = byte;
      at++;
      continue;
    }
    let run = 1;
    while (run < fullRun && at + run < end && source[at + run] === 0) run++;
    at += run;
    target[to++] = 0;
    if (run === fullRun) {
      target[to++] = fullRunCode;
    } else if (at === end) {
      target[to++] = run;
      return to;
    } else {
      target[to++] = 0xff - run;
    }
  }
  target[to++] = 0;
  target[to++] = 0;
  return to;
}

/**
 * Where the encodings of all values that begin with `source` lie: from the encoding of `source` itself (included) to
 * `end` (excluded), or to everything that begins with `open` when `end` is undefined.
 */
export function zeroRunsPrefix(source: Uint8Array): {open: Buffer; end: Buffer | undefined} {
  let zeros = 0;
  while (zeros < source.length && source[source.length - 1 - zeros] === 0) zeros++;
  const tail = zeros % fullRun;
  const buffer = Buffer.allocUnsafe(zeroRunsBytesMax(source.length));
  // Whole runs of 127 stand before the end either way, so what is open is the code of the last, shorter run.
  const open = buffer.subarray(0, writeZeroRuns(buffer, 0, source) - 2);
  if (tail === 0) return {open, end: undefined};
  // The greatest begins with `00 ff-tail` and a nonzero byte.
  return {open, end: Buffer.concat([open, Buffer.of(0, 0x100 - tail)])};
}

/** Reads what `writeZeroRuns` wrote at `offset`; undefined if these bytes can't be that. */
export function readZeroRuns(source: Uint8Array, offset: number): {bytes: Buffer; end: number} | undefined {
  const pieces: number[] = [];
  let at = offset;
  while (at < source.length) {
    const byte = source[at++]!;
    if (byte !== 0) {
      pieces.push(byte);
      continue;
    }
    const code = source[at++];
    if (code === undefined || code === endRunMax + 1 || code === 0xff) return undefined;
    const zeros = code <= endRunMax ? code : code === fullRunCode ? fullRun : 0xff - code;
    for (let i = 0; i < zeros; i++) pieces.push(0);
    if (code <= endRunMax) return {bytes: Buffer.from(pieces), end: at};
  }
  return undefined;
}
