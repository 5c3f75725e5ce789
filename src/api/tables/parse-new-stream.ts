import type {StreamViewType} from '../../engine/tables/new-table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {StreamSpecification} from '../../model/shapes.generated.ts';

/** The view type of a new table's stream; undefined when it has none. */
export function parseNewStream({
  StreamEnabled: enabled,
  StreamViewType: viewType,
}: StreamSpecification): StreamViewType | undefined {
  if (enabled && viewType === undefined) {
    throw invalidParameter('Table is being created with a stream enabled, UpdateViewType is required');
  }
  if (!enabled && viewType !== undefined) {
    throw invalidParameter('Table is being created with a stream disabled, UpdateViewType should not be specified');
  }
  return viewType;
}
