import {assert} from '../base/assert.ts';
import type {Shape, ShapeTable} from './shape.ts';
import {withAdditions} from './shape-additions.ts';
import {shapeTableJson} from './shapes.generated.ts';

let loaded: ShapeTable | undefined;

/** Parsed at first use: under a millisecond. */
function shapeTable(): ShapeTable {
  loaded ??= withAdditions(JSON.parse(shapeTableJson) as ShapeTable);
  return loaded;
}

/** Every operation of DynamoDB and DynamoDB Streams in the current SDKs, implemented or not. */
export function operationNames(): readonly string[] {
  return Object.keys(shapeTable().operations).sort();
}

export function shapeNamed(name: string): Shape {
  const shape = shapeTable().shapes[name];
  assert(shape, 'a shape refers to one that is not in the table', {name});
  return shape;
}

/** The name of the shape of an operation's input. */
export function inputShapeOf(operation: string): string {
  const {operations} = shapeTable();
  const name = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  assert(name !== undefined, 'the model has no such operation', {operation});
  return name;
}
