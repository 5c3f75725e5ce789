import type {Condition} from '../../expressions/condition.ts';
import {bindUpdate, type Update} from '../../expressions/update.ts';
import {type Item, typeOf} from '../../model/attribute-value.ts';
import {isNestedTooDeep, nestingMessage} from '../../model/parse-item.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import {bindWhere, type Where} from '../../partiql/bind-where.ts';
import {insertedItem} from '../../partiql/build-insert.ts';
import {isSetType} from '../../partiql/build-update.ts';
import {valuesOf} from '../../partiql/slots.ts';
import {deleteIntent} from '../items/delete-item.ts';
import {mustFitItem, type NewItem} from '../items/new-item.ts';
import {putIntent} from '../items/put-item.ts';
import {updateIntent} from '../items/update-item.ts';
import type {WriteIntent} from '../items/write-item.ts';
import {namesOf, type Table} from '../tables/table.ts';
import {type BoundStatement, mustBeSound} from './bound-statement.ts';
import {filterOf} from './read-plan.ts';
import {type StatementKey, statementKey} from './statement-key.ts';

/** What a statement wants written, before anything is known of keys. */
export type BoundWrite =
  | {kind: 'insert'; item: NewItem}
  | {kind: 'update'; where: Where | undefined; update: Update}
  | {kind: 'delete'; where: Where | undefined};

/** Throws ValidationException for what is wrong with it whatever the table is like. */
export function bindWrite(statement: BoundStatement): BoundWrite {
  mustBeSound(statement);
  const {prepared, parameters} = statement;
  const {body} = prepared;
  if (body.kind === 'insert') {
    const item = insertedItem(body.value!, parameters);
    if (isNestedTooDeep(item)) throw validationError(shortNestingMessage);
    return {kind: 'insert', item: mustFitItem(item)};
  }
  if (body.kind !== 'update' && body.kind !== 'delete') throw new Error('a read is no write');
  let update: Update | undefined;
  if (body.kind === 'update') {
    const template = body.update!;
    for (const {parameter, problem} of template.sets) {
      if (!isSetType(typeOf(parameters[parameter]!))) throw validationError(problem);
    }
    update = bindUpdate(template.expression, {names: undefined, values: valuesOf(template, parameters)});
  }
  const where = body.where && bindWhere(body.where, parameters);
  return update ? {kind: 'update', where, update} : {kind: 'delete', where};
}

/** The key of the one item that a WHERE clause is about. Throws ValidationException if it does not say. */
export function keyOfWhere(table: Table, where: Where | undefined): StatementKey {
  const found = where && statementKey(table, where);
  const {partition, sort} = table.record.keySchema;
  for (const {name, type} of [...partition, ...sort]) {
    if (!found || !Object.hasOwn(found.key, name)) {
      throw validationError('Where clause does not contain a mandatory equality on all key attributes');
    }
    if (typeOf(found.key[name]!) !== type) {
      throw validationError(`Key attribute's data type should match its data type in table's schema: Key ${name}`);
    }
  }
  if (found!.contradicted !== undefined) {
    throw validationError(
      `Multiple conditions on same key ${found!.contradicted}. Only single item Update/Insert/Delete are supported`,
    );
  }
  return found!;
}

/** An INSERT makes an item only where there is none. */
export function insertIntent(table: Table, item: NewItem): WriteIntent {
  const condition = insertCondition(table);
  return wholeIntent(putIntent({condition, item, returnOld: false, returnOldOnRefusal: false}));
}

export function insertCondition(table: Table): Condition {
  return conditionOf(table, undefined, old => !exists(table, old));
}

export interface WriteOptions {
  returnOld: boolean;
  returnOldOnRefusal: boolean;
}

/** UPDATE changes what is there, and is refused where nothing is; DELETE is content with that (paritysuite). */
export function changeIntent(
  table: Table,
  write: Exclude<BoundWrite, {kind: 'insert'}>,
  {key, exact}: StatementKey,
  options: WriteOptions,
): WriteIntent {
  const where = exact ? undefined : write.where;
  const condition = changeCondition(table, write.kind, where);
  if (write.kind === 'delete') return wholeIntent(deleteIntent({...options, condition: where && condition}));
  const intent = updateIntent(table, {...options, condition, key, update: write.update});
  return wholeIntent({...intent, next: old => withShortMessage(() => intent.next(old))});
}

/** Whether there is an item is told by its key, and RETURNING may want all of it. */
function wholeIntent(intent: WriteIntent): WriteIntent {
  return {...intent, looksAt: undefined};
}

/** Whether what is there may be changed. */
export function changeCondition(table: Table, kind: 'update' | 'delete', where: Where | undefined): Condition {
  const filter = where && filterOf(where);
  const ifMissing = kind === 'delete';
  return conditionOf(table, where, old => (exists(table, old) ? (filter?.matches(old) ?? true) : ifMissing));
}

function conditionOf(table: Table, where: Where | undefined, matches: Condition['matches']): Condition {
  return {
    matches,
    topLevelAttributes: where?.resolved.derived.topLevelAttributes ?? table.keyNames,
    nestedAttributes: where?.resolved.derived.nestedAttributes ?? noNames,
  };
}

const noNames: ReadonlySet<string> = new Set();

function exists(table: Table, item: Item): boolean {
  return Object.hasOwn(item, namesOf(table.record.keySchema)[0]!);
}

export const shortNestingMessage = 'Nesting Levels have exceeded supported limits';

/** PartiQL says no more than this of an item that gets too deep (Floci's captures, eu-west-2, 2026-09). */
function withShortMessage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ServiceError && error.message === nestingMessage) throw validationError(shortNestingMessage);
    throw error;
  }
}
