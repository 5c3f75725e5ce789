import {hiddenMembers} from './constraint-evidence.ts';
import {shapeNamed} from './shape-table.ts';

/** `SSESpecification` → `sSESpecification`: how the service names members in its messages. */
export function memberName(wireName: string): string {
  return wireName.charAt(0).toLowerCase() + wireName.slice(1);
}

// Echoes of very large or very deep values serve nobody; no captured answer cuts them off.
const depthMax = 64;

/** A value as Java's `toString` prints it: `[KeySchemaElement(attributeName=pk, keyType=HASH)]`, `{abc=[]}`, `null`. */
export function renderValue(value: unknown, name: string, depth = 0): string {
  if (value === null || value === undefined) return 'null';
  if (depth > depthMax) return '…';
  const shape = shapeNamed(name);
  switch (shape.type) {
    case 'structure': {
      const hidden = hiddenMembers[name];
      const byPrintedName = new Map(Object.keys(shape.members).map(member => [memberName(member), member]));
      const printed = name === 'AttributeValue' && hidden ? hidden : [...byPrintedName.keys(), ...(hidden ?? [])];
      const fields = printed.map(field => {
        const member = byPrintedName.get(field);
        const text =
          member === undefined
            ? 'null'
            : renderValue((value as Record<string, unknown>)[member], shape.members[member]!, depth + 1);
        return `${field}=${text}`;
      });
      return `${name}(${fields.join(', ')})`;
    }
    case 'list':
      return `[${(value as unknown[]).map(element => renderValue(element, shape.element, depth + 1)).join(', ')}]`;
    case 'map': {
      const entries = Object.entries(value);
      return `{${entries.map(([key, entry]) => `${key}=${renderValue(entry, shape.value, depth + 1)}`).join(', ')}}`;
    }
    default:
      return String(value);
  }
}
