import type {Operation} from './operation.ts';

// biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
export const operations: ReadonlyMap<string, Operation<any, any>> = new Map();
