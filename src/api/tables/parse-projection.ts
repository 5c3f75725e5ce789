import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {ProjectionRecord} from '../../engine/tables/table-types.ts';
import type {Projection} from '../../model/shapes.generated.ts';

export function parseProjection({ProjectionType: kind, NonKeyAttributes: names}: Projection): ProjectionRecord {
  if (kind === undefined) throw invalidParameter('Unknown ProjectionType: null');
  if (kind !== 'INCLUDE') {
    if (names) throw invalidParameter(`ProjectionType is ${kind}, but NonKeyAttributes is specified`);
    return {kind};
  }
  if (!names) throw invalidParameter('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalidParameter(`Duplicate element in NonKeyAttributes: ${name}`);
    seen.add(name);
  }
  // AWS shows them sorted.
  return {kind, attributes: [...seen].sort()};
}
