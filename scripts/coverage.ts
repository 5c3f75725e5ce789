// Lists every operation of the current SDKs as done or not yet: `npm run coverage`.
import {operations} from '../src/api/registry.ts';
import {operationNames} from '../src/model/shape-table.ts';

const names = operationNames();
const unknown = [...operations.keys()].filter(name => !names.includes(name));
const done = names.filter(name => operations.has(name));
for (const name of names) console.log(`${operations.has(name) ? 'done   ' : 'not yet'} ${name}`);
console.log(`${done.length} of ${names.length} operations`);
if (unknown.length > 0) {
  console.error(`in the registry, but in no SDK: ${unknown.join(', ')}`);
  process.exitCode = 1;
}
