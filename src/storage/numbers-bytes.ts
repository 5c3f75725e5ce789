/** Whole numbers (sums of a counter, or the next position of a log), 8 bytes each, big endian, signed. */
export function encodeNumbers(numbers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(numbers.length * 8);
  for (let place = 0; place < numbers.length; place++) bytes.writeBigInt64BE(BigInt(numbers[place]!), place * 8);
  return bytes;
}

export function decodeNumbers(bytes: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; at += 8) numbers.push(Number(bytes.readBigInt64BE(at)));
  return numbers;
}
