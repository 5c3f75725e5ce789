export type ContentEncoding = 'gzip' | 'deflate';

/** DynamoDB compresses answers from this size on. Source: scylladb test_compressed_response.py, run against DynamoDB. */
export const compressBytesMin = 4096;

/**
 * The compression that DynamoDB picks for an `Accept-Encoding`, or undefined for none. The same test records its habits:
 * `identity` never wins, the earlier of equals wins and a named one before `*`, a quality that is no number counts as 1,
 * one above 1 as 1, and only an entry's first `q` counts.
 */
export function chooseEncoding(acceptEncoding: string): ContentEncoding | undefined {
  let chosen: ContentEncoding | undefined;
  let chosenQuality = 0;
  let starQuality = 0;
  const named = new Set<string>();
  for (const entry of acceptEncoding.split(',')) {
    const [rawName, ...parameters] = entry.split(';');
    const name = rawName!.trim().toLowerCase();
    const quality = qualityOf(parameters);
    if (name === '*') {
      starQuality = Math.max(starQuality, quality);
    } else if (name === 'gzip' || name === 'deflate') {
      named.add(name);
      if (quality > chosenQuality) {
        chosen = name;
        chosenQuality = quality;
      }
    }
  }
  const byStar = named.has('gzip') ? (named.has('deflate') ? undefined : 'deflate') : 'gzip';
  return byStar && starQuality > chosenQuality ? byStar : chosen;
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, value] = parameter.split('=');
    if (name!.trim().toLowerCase() !== 'q' || value === undefined) continue;
    const quality = Number(value.trim());
    return Number.isNaN(quality) ? 1 : Math.min(1, Math.max(0, quality));
  }
  return 1;
}
