import {checkedLater, enumOrder, listMax, memberOrder} from './constraint-evidence.ts';
import {memberName, renderValue} from './render-value.ts';
import type {Shape} from './shape.ts';
import {shapeNamed} from './shape-table.ts';
import {tableNameCheck} from './table-name-check.ts';
import {type ConstraintCheck, type Violation, violation, violationsMax} from './violation.ts';

const lengthMin = (min: number) => `Member must have length greater than or equal to ${min}`;
const lengthMax = (max: number) => `Member must have length less than or equal to ${max}`;
const matching = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;

// Some of the model's patterns could take quadratic time; every one of them belongs to a much shorter member.
const patternTextMax = 4096;

/** The patterns are Java's. Its `$` allows a last line break, but the service matches whole texts. */
function matcher(pattern: string): (text: string) => boolean {
  const whole = new RegExp(`^(?:${pattern.replaceAll('\\p{Print}', '[ -~]')})$`, 'u');
  return text => text.length > patternTextMax || whole.test(text);
}

interface Rule {
  constraint: string;
  holds(value: never): boolean;
}

/** What a string may break. The order of length and pattern differs by operation [constraint-evidence.ts]. */
function stringRules(name: string, shape: Extract<Shape, {type: 'string'}>, patternFirst: boolean): Rule[] {
  const rules: Rule[] = [];
  const {min, max, pattern} = shape;
  if (shape.enum) {
    const values = enumOrder[name] ?? shape.enum;
    const known = new Set(values);
    rules.push({
      constraint: `Member must satisfy enum value set: [${values.join(', ')}]`,
      holds: (value: string) => known.has(value),
    });
  }
  if (max !== undefined) rules.push({constraint: lengthMax(max), holds: (value: string) => value.length <= max});
  if (min) rules.push({constraint: lengthMin(min), holds: (value: string) => value.length >= min});
  if (pattern) {
    const rule = {constraint: matching(pattern), holds: matcher(pattern)};
    if (patternFirst) rules.unshift(rule);
    else rules.push(rule);
  }
  return rules;
}

function rulesOf(name: string, shape: Shape, context: Context): Rule[] {
  switch (shape.type) {
    case 'string':
      return stringRules(name, shape, context.patternFirst);
    case 'integer':
    case 'long':
    case 'double': {
      const {min, max} = shape;
      const rules: Rule[] = [];
      if (max !== undefined) {
        rules.push({
          constraint: `Member must have value less than or equal to ${max}`,
          holds: (value: number) => value <= max,
        });
      }
      if (min !== undefined) {
        rules.push({
          constraint: `Member must have value greater than or equal to ${min}`,
          holds: (value: number) => value >= min,
        });
      }
      return rules;
    }
    case 'list': {
      const {min, max} = shape;
      const rules: Rule[] = [];
      if (max !== undefined) rules.push({constraint: lengthMax(max), holds: (value: unknown[]) => value.length <= max});
      if (min) rules.push({constraint: lengthMin(min), holds: (value: unknown[]) => value.length >= min});
      return rules;
    }
    case 'map': {
      const {min, max} = shape;
      const size = (value: object) => Object.keys(value).length;
      const rules: Rule[] = [];
      if (max !== undefined) rules.push({constraint: lengthMax(max), holds: (value: object) => size(value) <= max});
      if (min) rules.push({constraint: lengthMin(min), holds: (value: object) => size(value) >= min});
      return rules;
    }
    default:
      return [];
  }
}

/** What differs between operations that share a shape. */
export interface Context {
  patternFirst: boolean;
  onItems: boolean;
  compiled: Map<string, ConstraintCheck | undefined>;
}

function structureCheck(name: string, shape: Extract<Shape, {type: 'structure'}>, context: Context): ConstraintCheck {
  const first = memberOrder[name] ?? [];
  const all = Object.keys(shape.members);
  const ordered = [...first, ...all.filter(member => !first.includes(member))];
  const required = new Set(shape.required);
  const members: {wire: string; printed: string; required: boolean; check: ConstraintCheck | undefined}[] = [];
  const check: ConstraintCheck = (value, path, violations) => {
    for (const member of members) {
      const found = (value as Record<string, unknown>)[member.wire];
      if (found === undefined) {
        if (member.required) violations.push(violation(join(path, member.printed), null, 'Member must not be null'));
      } else if (member.check !== undefined) member.check(found, join(path, member.printed), violations);
    }
  };
  context.compiled.set(name, check);
  for (const wire of ordered) {
    const shapeName = shape.members[wire];
    if (shapeName === undefined) continue;
    const bound = listMax[`${name}.${wire}`];
    const memberCheck =
      wire === 'TableName' && shapeName === 'TableArn'
        ? tableNameCheck(context.onItems)
        : bound === undefined
          ? constraintCheck(shapeName, context)
          : compile(shapeName, {...shapeNamed(shapeName), max: bound} as Shape, context);
    if (memberCheck || required.has(wire)) {
      members.push({wire, printed: memberName(wire), required: required.has(wire), check: memberCheck});
    }
  }
  return check;
}

function join(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`;
}

function listCheck(name: string, element: string, rules: Rule[], context: Context): ConstraintCheck | undefined {
  const checkElement = constraintCheck(element, context);
  if (rules.length === 0 && !checkElement) return undefined;
  return (value, path, violations) => {
    apply(rules, value, name, path, violations);
    if (!checkElement) return;
    const list = value as unknown[];
    for (let index = 0; index < list.length && violations.length < violationsMax; index++) {
      checkElement(list[index], `${path}.${index + 1}.member`, violations);
    }
  };
}

/** The rules of a map's keys, or of the lists that are its values, are reported once, about the whole map. */
function wholeMapRule(kind: string, rules: Rule[]): string {
  return `Map ${kind} must satisfy constraint: [${rules.map(rule => rule.constraint).join(', ')}]`;
}

function mapCheck(name: string, shape: Extract<Shape, {type: 'map'}>, context: Context): ConstraintCheck | undefined {
  const rules = rulesOf(name, shape, context);
  const keyIsTable = shape.key === 'TableArn';
  const keyShape = shapeNamed(keyIsTable ? 'TableName' : shape.key);
  // Listed longest first, the pattern last. [P]
  const keyRules =
    checkedLater.has(shape.key) && !keyIsTable ? [] : rulesOf(shape.key, keyShape, {...context, patternFirst: false});
  const valueShape = shapeNamed(shape.value);
  const valueRules = valueShape.type === 'list' ? rulesOf(shape.value, valueShape, context) : [];
  const checkValue =
    valueShape.type === 'list'
      ? listCheck(shape.value, valueShape.element, [], context)
      : constraintCheck(shape.value, context);
  if (rules.length + keyRules.length + valueRules.length === 0 && !checkValue) return undefined;
  const keyBreaks = (key: string) =>
    !(keyIsTable && key.startsWith('arn:')) && keyRules.some(rule => !rule.holds(key as never));
  return (value, path, violations) => {
    apply(rules, value, name, path, violations);
    const entries = value as Record<string, unknown>;
    const keys = Object.keys(entries);
    if (keyRules.length > 0 && keys.some(keyBreaks)) {
      violations.push(violation(path, renderValue(value, name), wholeMapRule('keys', keyRules)));
    }
    if (valueRules.length > 0 && keys.some(key => valueRules.some(rule => !rule.holds(entries[key] as never)))) {
      violations.push(violation(path, renderValue(value, name), wholeMapRule('value', valueRules)));
    }
    if (!checkValue) return;
    for (const key of keys) {
      if (violations.length >= violationsMax) return;
      checkValue(entries[key], `${path}.${key}.member`, violations);
    }
  };
}

function apply(rules: Rule[], value: unknown, name: string, path: string, violations: Violation[]): void {
  for (const rule of rules) {
    if (!rule.holds(value as never)) violations.push(violation(path, renderValue(value, name), rule.constraint));
  }
}

function compile(name: string, shape: Shape, context: Context): ConstraintCheck | undefined {
  if (name === 'AttributeValue' || checkedLater.has(name)) return undefined;
  if (shape.type === 'structure') return structureCheck(name, shape, context);
  if (shape.type === 'map') return mapCheck(name, shape, context);
  const rules = rulesOf(name, shape, context);
  if (shape.type === 'list') return listCheck(name, shape.element, rules, context);
  if (rules.length === 0) return undefined;
  return (value, path, violations) => apply(rules, value, name, path, violations);
}

/** Compiled at first use; `undefined` where nothing can be broken, so that whole items cost nothing. */
export function constraintCheck(name: string, context: Context): ConstraintCheck | undefined {
  if (context.compiled.has(name)) return context.compiled.get(name);
  const check = compile(name, shapeNamed(name), context);
  context.compiled.set(name, check);
  return check;
}
