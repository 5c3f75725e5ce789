import {validationError} from '../../model/service-error.ts';
import {type Source, sourceOf} from '../query/source.ts';
import type {Table} from '../tables/table.ts';

/**
 * What a SELECT reads, in the words that PartiQL has of its own for what Query refuses too. Order: an index that is not
 * there, one with several key attributes, consistency (paritysuite indexReads and partiqlMultiAttributeIndex, 2026).
 */
export function statementSource(table: Table, indexName: string | undefined, consistent: boolean): Source {
  const index = table.indexes.find(({record}) => record.name === indexName);
  if (indexName !== undefined && !index) throw validationError('The table does not have the specified index');
  if (index && (index.record.keySchema.partition.length > 1 || index.record.keySchema.sort.length > 1)) {
    throw validationError(
      'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.',
    );
  }
  if (index?.record.kind === 'global' && consistent) {
    throw validationError('Strongly consistent read is not supported on Global Secondary Indexes');
  }
  return sourceOf(table, indexName, consistent);
}
