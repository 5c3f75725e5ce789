/**
 * The order in which the service lists a set of names in its messages. It is that of a Java hash set: by the hash of the
 * name within a table of `capacity` slots (a power of two), then by insertion.
 */
export function hashSetOrder(names: readonly string[], capacity: number): string[] {
  const distinct = [...new Set(names)];
  let slots = capacity;
  while (distinct.length > slots * 0.75) slots *= 2;
  return distinct
    .map(name => ({name, slot: spread(hashOf(name)) & (slots - 1)}))
    .sort((a, b) => a.slot - b.slot)
    .map(({name}) => name);
}

/** The capacity of a set that was made for a known number of names. */
export function capacityFor(size: number): number {
  const wanted = size < 3 ? size + 1 : Math.floor(size / 0.75 + 1);
  let capacity = 1;
  while (capacity < wanted) capacity *= 2;
  return capacity;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
