import type {Chance} from './chance.ts';
import {type FuzzTable, fuzzTables} from './fuzz-tables.ts';
import {attributeNames, attributeValue, numberTexts, scalarOf} from './random-values.ts';

export interface RandomStatement {
  Statement: string;
  Parameters?: object[];
}

/** A PartiQL statement with its parameters. Most are valid, many nearly so. */
export function randomStatement(
  chance: Chance,
  kinds: readonly ('select' | 'insert' | 'write' | 'exists')[],
): RandomStatement {
  const table = chance.pick(fuzzTables);
  const parameters: object[] = [];
  const parameter = (value: object) => {
    parameters.push(value);
    return '?';
  };
  const Statement = statementOf(chance, chance.pick(kinds), table, parameter);
  return {Statement, ...(parameters.length > 0 && {Parameters: parameters})};
}

type Parameter = (value: object) => string;

function statementOf(chance: Chance, kind: string, table: FuzzTable, parameter: Parameter): string {
  const name = quoted(table.name);
  const where = () => ` WHERE ${condition(chance, table, parameter)}`;
  const select = () => {
    const columns = chance.maybe(0.5) ? '*' : chance.many(1, 3, () => path(chance)).join(', ');
    const index = chance.maybe(0.2)
      ? `.${quoted(chance.pick([...table.indexes.map(index => index.name), 'none', '']))}`
      : '';
    const order = chance.maybe(0.2) ? ` ORDER BY ${path(chance)} ${chance.pick(['ASC', 'DESC', ''])}` : '';
    return `SELECT ${columns} FROM ${name}${index}${chance.maybe(0.9) ? where() : ''}${order}`;
  };
  switch (kind) {
    case 'select':
      return select();
    case 'exists':
      return `EXISTS(${select()})`;
    case 'insert': {
      const keys = table.key.map(([key, type]) => `'${key}': ${parameter(scalarOf(chance, type))}`);
      const others = chance.many(0, 3, () => `'${chance.pick(attributeNames)}': ${value(chance, parameter)}`);
      return `INSERT INTO ${name} VALUE {${[...keys, ...others].join(', ')}}`;
    }
    default: {
      const returning = chance.maybe(0.3)
        ? ` RETURNING ${chance.pick(['ALL OLD', 'ALL NEW', 'MODIFIED OLD', 'MODIFIED NEW'])} *`
        : '';
      if (chance.maybe(0.3)) return `DELETE FROM ${name}${where()}${returning}`;
      return `UPDATE ${name} ${chance.many(1, 3, () => change(chance, parameter)).join(' ')}${where()}${returning}`;
    }
  }
}

function change(chance: Chance, parameter: Parameter): string {
  const target = path(chance);
  return chance.pick([
    () => `REMOVE ${target}`,
    () => `SET ${target} = ${value(chance, parameter)}`,
    () => `SET ${target} = ${target} ${chance.pick(['+', '-'])} ${value(chance, parameter)}`,
    () => `SET ${target} = list_append(${target}, ${value(chance, parameter)})`,
    () => `SET ${target} = ${chance.pick(['set_add', 'set_delete'])}(${target}, ${value(chance, parameter)})`,
  ])();
}

function condition(chance: Chance, table: FuzzTable, parameter: Parameter, depth = 0): string {
  const onKey = () => {
    const [name, type] = chance.pick(table.key);
    const operand = () => parameter(scalarOf(chance, type));
    const key = quoted(name);
    return chance.pick([
      () => `${key} = ${operand()}`,
      () => `${key} ${chance.pick(['<', '<=', '>', '>=', '<>'])} ${operand()}`,
      () => `${key} IN [${operand()}, ${operand()}]`,
      () => `begins_with(${key}, ${operand()})`,
      () => `${key} BETWEEN ${operand()} AND ${operand()}`,
    ])();
  };
  const inner = () => condition(chance, table, parameter, depth + 1);
  if (depth === 0 && chance.maybe(0.6)) {
    const all = table.key.map(([name, type]) => `${quoted(name)} = ${parameter(scalarOf(chance, type))}`);
    return chance.maybe(0.4) ? `${all.join(' AND ')} AND ${inner()}` : all.join(' AND ');
  }
  if (depth < 3 && chance.maybe(0.4)) return `(${inner()} ${chance.pick(['AND', 'OR'])} ${inner()})`;
  return chance.pick([
    onKey,
    () => `NOT ${onKey()}`,
    () => `${path(chance)} ${chance.pick(['=', '<>', '<', '>='])} ${value(chance, parameter)}`,
    () => `${path(chance)} IS ${chance.pick(['', 'NOT '])}${chance.pick(['MISSING', 'NULL', 'STRING', 'LIST', 'FOO'])}`,
    () => `${chance.pick(['attribute_exists', 'size', 'nothing'])}(${path(chance)})`,
    () => `${chance.pick(['contains', 'begins_with', 'attribute_type'])}(${path(chance)}, ${value(chance, parameter)})`,
  ])();
}

function path(chance: Chance): string {
  const name = quoted(chance.pick(attributeNames));
  if (chance.maybe(0.7)) return name;
  return name + chance.pick(['[0]', '[99]', `.${quoted(chance.pick(attributeNames))}`, '[*]', '[-1]']);
}

function value(chance: Chance, parameter: Parameter): string {
  return chance.pick([
    () => parameter(attributeValue(chance)),
    () => `'${chance.pick(attributeNames).replaceAll("'", "''")}'`,
    () => chance.pick(numberTexts),
    () => `<<'a', '${chance.pick(['a', 'b'])}'>>`,
    () => `[1, {'a': <<1, 2>>}, null, true]`,
  ])();
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
