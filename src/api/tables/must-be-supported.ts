import {invalidParameter} from '../../engine/tables/table-errors.ts';

/** Refuses members that ask for what Stator has not: to leave them out silently would promise something. */
export function mustBeSupported<Wire>(wire: Wire, members: readonly (keyof Wire & string)[]): void {
  for (const member of members) {
    const value = wire[member];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    throw invalidParameter(`${member} is not supported`);
  }
}
