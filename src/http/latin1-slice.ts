/** `bytes.toString('latin1', start, end)` without the detour by the encoding's name, which costs as much as the copy. */
export function latin1Slice(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as {latin1Slice(start: number, end: number): string}).latin1Slice(start, end);
}
