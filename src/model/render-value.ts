import {hiddenMembers} from './constraint-evidence.ts';
import {shapeNamed} from './shape-table.ts';

/** `SSESpecification` → `sSESpecification`: how the service names members in its messages. */
export function memberName(wireName: string): string {
  return wireName.charAt(0).toLowerCase() + wireName.slice(1);
}

// A list of a million small values would print as hundreds of megabytes; no captured answer cuts an echo off.
const depthMax = 64;
const partsMax = 10_000;

/** A value as Java's `toString` prints it: `[KeySchemaElement(attributeName=pk, keyType=HASH)]`, `{abc=[]}`, `null`. */
export function renderValue(value: unknown, name: string): string {
  let parts = 0;

  function render(value: unknown, name: string, depth: number): string {
    if (value === null || value === undefined) return 'null';
    if (depth > depthMax || ++parts > partsMax) return '…';
    const shape = shapeNamed(name);
    switch (shape.type) {
      case 'structure':
        return `${name}(${fieldsOf(value as Readonly<Record<string, unknown>>, name, shape.members, depth).join(', ')})`;
      case 'list':
        return `[${upTo(value as unknown[], element => render(element, shape.element, depth + 1))}]`;
      case 'map':
        return `{${upTo(Object.entries(value), ([key, entry]) => `${key}=${render(entry, shape.value, depth + 1)}`)}}`;
      default:
        return String(value);
    }
  }

  function upTo<T>(elements: readonly T[], print: (element: T) => string): string {
    const printed: string[] = [];
    for (const element of elements) {
      printed.push(print(element));
      if (parts > partsMax) break;
    }
    return printed.join(', ');
  }

  function fieldsOf(
    value: Readonly<Record<string, unknown>>,
    name: string,
    members: Readonly<Record<string, string>>,
    depth: number,
  ): string[] {
    const hidden = hiddenMembers[name] ?? [];
    const wireNames = new Map(Object.keys(members).map(member => [memberName(member), member]));
    const printed = name === 'AttributeValue' ? hidden : [...wireNames.keys(), ...hidden];
    return printed.map(field => {
      const wire = wireNames.get(field);
      return `${field}=${wire === undefined ? 'null' : render(value[wire], members[wire]!, depth + 1)}`;
    });
  }

  return render(value, name, 0);
}
