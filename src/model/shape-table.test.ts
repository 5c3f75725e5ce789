import assert from 'node:assert/strict';
import {readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {inputShapeOf, operationNames, shapeNamed} from './shape-table.ts';

test('every operation of the SDK is in the table', () => {
  const entry = fileURLToPath(import.meta.resolve('@aws-sdk/client-dynamodb'));
  const commands = readdirSync(join(dirname(entry), '../dist-types/commands'))
    .filter(file => file.endsWith('Command.d.ts'))
    .map(file => file.slice(0, -'Command.d.ts'.length));
  assert.ok(commands.length > 50);
  const known = new Set(operationNames());
  assert.deepEqual(
    commands.filter(name => !known.has(name)),
    [],
  );
});

test('every shape that an input reaches is there', () => {
  const seen = new Set<string>();
  const waiting = operationNames().map(inputShapeOf);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const shape = shapeNamed(name);
    if (shape.type === 'structure') {
      for (const required of shape.required ?? [])
        assert.ok(Object.hasOwn(shape.members, required), `${name}.${required}`);
      waiting.push(...Object.values(shape.members));
    } else if (shape.type === 'list') waiting.push(shape.element);
    else if (shape.type === 'map') waiting.push(shape.key, shape.value);
  }
  assert.ok(seen.size > 250);
});
