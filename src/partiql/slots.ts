import type {Path} from '../expressions/path.ts';
import type {Expression as Bindable, Operand} from '../expressions/tree.ts';
import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {literalValue} from './literal-value.ts';
import type {Expression} from './tree.ts';

/** Throws ValidationException for a name that is empty (paritysuite's messages of PartiQL, 2026, of sources). */
export function mustNameAll(path: Path): void {
  if (path.includes('')) throw validationError('Path component cannot be an empty string');
}

/** Collects the paths and values of one expression, so that it can be bound as those of the API are. */
export class Slots {
  readonly #paths: Path[] = [];
  readonly #values: (AttributeValue | number)[] = [];

  path(path: Path): Operand {
    mustNameAll(path);
    this.#paths.push(path);
    return {kind: 'path', slot: this.#paths.length - 1};
  }

  constant(value: AttributeValue): Operand {
    this.#values.push(value);
    return {kind: 'value', slot: this.#values.length - 1};
  }

  parameter(number: number): Operand {
    this.#values.push(number);
    return {kind: 'value', slot: this.#values.length - 1};
  }

  /** A path, a parameter or a literal. */
  operand(expression: Expression): Operand {
    switch (expression.kind) {
      case 'path':
        return this.path(expression.path);
      case 'oddPath':
        throw validationError(expression.problem);
      case 'parameter':
        return this.parameter(expression.number);
      default:
        return this.constant(literalValue(expression));
    }
  }

  finish<Root, Derived>(root: Root): Template<Root, Derived> {
    const names = this.#values.map((_, slot) => `:${slot}`);
    const constants: Item = {};
    const parameters: [string, number][] = [];
    this.#values.forEach((value, slot) => {
      if (typeof value === 'number') parameters.push([names[slot]!, value]);
      else constants[names[slot]!] = value;
    });
    const expression = {root, names: [], values: names, paths: this.#paths, lastPaths: undefined};
    return {expression, constants, parameters};
  }
}

/** An expression with some of its values, and where the others come from. */
export interface Template<Root, Derived> {
  expression: Bindable<Root, Derived>;
  constants: Item;
  /** Placeholders, with the numbers of their parameters. */
  parameters: readonly [placeholder: string, number: number][];
}

export function valuesOf(
  template: Pick<Template<unknown, unknown>, 'constants' | 'parameters'>,
  parameters: readonly AttributeValue[],
): Item {
  if (template.parameters.length === 0) return template.constants;
  const values = {...template.constants};
  for (const [placeholder, number] of template.parameters) values[placeholder] = parameters[number]!;
  return values;
}
