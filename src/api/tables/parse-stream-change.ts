import type {StreamViewType} from '../../engine/tables/new-table.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {StreamSpecification} from '../../model/shapes.generated.ts';

/** The view type of the stream that is to be enabled; false to disable it. */
export function parseStreamChange({
  StreamEnabled: enabled,
  StreamViewType: viewType,
}: StreamSpecification): StreamViewType | false {
  if (!enabled) {
    if (viewType !== undefined) {
      throw invalidParameter('If stream is being disabled, then UpdateViewType must not be specified');
    }
    return false;
  }
  if (viewType === undefined) throw invalidParameter('If stream is being enabled then UpdateViewType is required');
  return viewType;
}
