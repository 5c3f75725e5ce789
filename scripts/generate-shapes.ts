// Writes `src/model/shapes.generated.ts` from the public service model:
// `npm run generate -- [folder of the model files]` (default: `../shared/reference` beside the repository).
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Shape, ShapeTable} from '../src/model/shape.ts';

interface ModelShape {
  type: string;
  required?: string[];
  members?: Record<string, {shape: string}>;
  member?: {shape: string};
  key?: {shape: string};
  value?: {shape: string};
  min?: number;
  max?: number;
  pattern?: string;
  enum?: string[];
  exception?: boolean;
}

interface Model {
  operations: Record<string, {input?: {shape: string}; output?: {shape: string}}>;
  shapes: Record<string, ModelShape>;
}

/** Written by hand in attribute-value.ts; every map of attribute values is an `Item`. */
const handWritten = new Map([['AttributeValue', 'AttributeValue']]);

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = resolve(process.argv.slice(2).find(arg => arg !== '--') ?? join(root, '../shared/reference'));
const load = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Model;

function references(shape: ModelShape): string[] {
  const direct = [shape.member, shape.key, shape.value].flatMap(reference => (reference ? [reference.shape] : []));
  return [...direct, ...Object.values(shape.members ?? {}).map(member => member.shape)];
}

function reachable(model: Model, from: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...references(model.shapes[name]!));
  }
  return found;
}

function runtimeShape(shape: ModelShape, rename: (name: string) => string): Shape {
  const bounds = {
    ...(shape.min === undefined ? {} : {min: shape.min}),
    ...(shape.max === undefined ? {} : {max: shape.max}),
  };
  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(shape.members ?? {}).map(
        ([name, member]) => [name, rename(member.shape)] as const,
      );
      const required = shape.required?.length ? {required: shape.required} : {};
      return {type: 'structure', members: Object.fromEntries(members), ...required};
    }
    case 'list':
      return {type: 'list', element: rename(shape.member!.shape), ...bounds};
    case 'map':
      return {type: 'map', key: rename(shape.key!.shape), value: rename(shape.value!.shape), ...bounds};
    case 'string':
      return {
        type: 'string',
        ...bounds,
        ...(shape.pattern ? {pattern: shape.pattern} : {}),
        ...(shape.enum ? {enum: shape.enum} : {}),
      };
    case 'integer':
    case 'long':
    case 'double':
    case 'boolean':
    case 'blob':
    case 'timestamp':
      return {type: shape.type, ...bounds};
    default:
      throw new Error(`the model has a shape of type ${shape.type}, which this generator does not know`);
  }
}

function typeText(model: Model, name: string, rename: (name: string) => string): string {
  const known = handWritten.get(name);
  if (known) return known;
  const shape = model.shapes[name]!;
  switch (shape.type) {
    case 'structure':
      return rename(name);
    case 'list': {
      const element = typeText(model, shape.member!.shape, rename);
      return element.includes('|') ? `(${element})[]` : `${element}[]`;
    }
    case 'map': {
      const value = typeText(model, shape.value!.shape, rename);
      return value === 'AttributeValue' ? 'Item' : `{[name: string]: ${value}}`;
    }
    case 'string':
      return shape.enum ? shape.enum.map(value => `'${value}'`).join(' | ') : 'string';
    case 'boolean':
      return 'boolean';
    // Base64 on the wire.
    case 'blob':
      return 'string';
    // Numbers, and timestamps in seconds since 1970.
    default:
      return 'number';
  }
}

function interfaceText(model: Model, name: string, rename: (name: string) => string): string {
  const {members = {}, required = []} = model.shapes[name]!;
  const lines = Object.entries(members).map(
    ([member, {shape}]) => `  ${member}${required.includes(member) ? '' : '?'}: ${typeText(model, shape, rename)};\n`,
  );
  return `export interface ${rename(name)} {\n${lines.join('')}}\n`;
}

const database = load('dynamodb-2012-08-10.json');
const streams = load('dynamodbstreams-2012-08-10.json');

/**
 * Members that the service has and the public model leaves out (ExtendDB's and dynalite's tests, raw requests to AWS):
 * another name for the billing mode.
 */
const addMember = (structure: string, member: string, shape: string) => {
  database.shapes[structure]!.members![member] = {shape};
};
database.shapes.TableThroughputModeSummary = {
  type: 'structure',
  members: {TableThroughputMode: {shape: 'BillingMode'}, LastUpdateToPayPerRequestDateTime: {shape: 'Date'}},
};
addMember('CreateTableInput', 'TableThroughputMode', 'BillingMode');
addMember('UpdateTableInput', 'TableThroughputMode', 'BillingMode');
addMember('TableDescription', 'TableThroughputModeSummary', 'TableThroughputModeSummary');

const table: ShapeTable = {operations: {}, shapes: {}};
const interfaces: string[] = [];

function add(model: Model, rename: (name: string) => string): void {
  const operations = Object.entries(model.operations);
  const inputs = operations.map(([operation, {input}]) => [operation, input!.shape] as const);
  const outputs = operations.flatMap(([, {output}]) => (output ? [output.shape] : []));
  for (const [operation, shape] of inputs) table.operations[operation] = rename(shape);
  const runtime = reachable(
    model,
    inputs.map(([, shape]) => shape),
  );
  for (const name of [...runtime].sort()) table.shapes[rename(name)] ??= runtimeShape(model.shapes[name]!, rename);
  const exceptions = Object.entries(model.shapes).flatMap(([name, shape]) => (shape.exception ? [name] : []));
  const typed = reachable(model, [...inputs.map(([, shape]) => shape), ...outputs, ...exceptions]);
  for (const name of [...typed].sort()) {
    if (model.shapes[name]!.type !== 'structure' || handWritten.has(name)) continue;
    const text = interfaceText(model, name, rename);
    if (!interfaces.includes(text)) interfaces.push(text);
  }
}

add(database, name => name);
// A shape of the streams model keeps its name only where both models mean the same by it.
const meaning = (model: Model, name: string): string => {
  const seen = [...reachable(model, [name])].sort();
  return JSON.stringify(
    seen.map(part => [part, {...model.shapes[part], documentation: undefined}]),
    (key, value) => (key === 'documentation' ? undefined : value),
  );
};
add(streams, name => {
  // `Record` would hide TypeScript's own.
  if (name === 'Record') return 'StreamsRecord';
  if (!database.shapes[name] || handWritten.has(name)) return name;
  return meaning(database, name) === meaning(streams, name) ? name : `Streams${name}`;
});

const data = JSON.stringify(table).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
const banner = '// Generated by scripts/generate-shapes.ts from the public service model. Do not edit.\n';
const imports = "import type {AttributeValue, Item} from './attribute-value.ts';\n";
const note =
  '/** Every input shape of every operation, as JSON: parsing a string is the cheapest way for an engine to load it. */\n';
writeFileSync(
  join(root, 'src/model/shapes.generated.ts'),
  `${banner}${imports}\n${note}export const shapeTableJson =\n  '${data}';\n\n${interfaces.join('\n')}`,
);
console.log(`${Object.keys(table.operations).length} operations, ${Object.keys(table.shapes).length} input shapes`);
