import type {TableRef} from './with-tables.ts';

export interface DistinctTables {
  /** Each table once, in the order in which they were first named. */
  refs: TableRef[];
  /** For each table named: its place among `refs`. */
  places: number[];
}

export function distinctTables(named: readonly TableRef[]): DistinctTables {
  const refs: TableRef[] = [];
  const known = new Map<string, number>();
  const places = named.map(ref => {
    const text = `${ref.region}\0${ref.name}`;
    let place = known.get(text);
    if (place === undefined) {
      place = refs.push(ref) - 1;
      known.set(text, place);
    }
    return place;
  });
  return {refs, places};
}
