import type {Bindings} from '../expressions/bindings.ts';
import {bindCheckedCondition, type ConditionPaths} from '../expressions/condition.ts';
import type {ConditionNode} from '../expressions/tree.ts';
import type {AttributeValue} from '../model/attribute-value.ts';
import {ServiceError, validationError} from '../model/service-error.ts';
import type {ConditionTemplate} from './build-condition.ts';
import {valuesOf} from './slots.ts';

export type Where = Bindings<ConditionNode, ConditionPaths>;

/** A WHERE clause with its parameters. Throws ValidationException where operands don't suit. */
export function bindWhere(template: ConditionTemplate, parameters: readonly AttributeValue[]): Where {
  try {
    return bindCheckedCondition(template.expression, {names: undefined, values: valuesOf(template, parameters)});
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // PartiQL lists the types in another order (Floci's captures, eu-west-2, 2026).
    throw validationError(error.message.replace(/valid types: \{.*\}$/, 'valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}'));
  }
}
