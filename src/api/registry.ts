import type {Operation} from './operation.ts';
import {batchExecuteStatementOperation} from './operations/batch-execute-statement.ts';
import {batchGetItemOperation} from './operations/batch-get-item.ts';
import {batchWriteItemOperation} from './operations/batch-write-item.ts';
import {createTableOperation} from './operations/create-table.ts';
import {deleteItemOperation} from './operations/delete-item.ts';
import {deleteTableOperation} from './operations/delete-table.ts';
import {describeEndpointsOperation} from './operations/describe-endpoints.ts';
import {describeLimitsOperation} from './operations/describe-limits.ts';
import {describeStreamOperation} from './operations/describe-stream.ts';
import {describeTableOperation} from './operations/describe-table.ts';
import {describeTimeToLiveOperation} from './operations/describe-time-to-live.ts';
import {executeStatementOperation} from './operations/execute-statement.ts';
import {executeTransactionOperation} from './operations/execute-transaction.ts';
import {getItemOperation} from './operations/get-item.ts';
import {getRecordsOperation} from './operations/get-records.ts';
import {getShardIteratorOperation} from './operations/get-shard-iterator.ts';
import {listStreamsOperation} from './operations/list-streams.ts';
import {listTablesOperation} from './operations/list-tables.ts';
import {listTagsOfResourceOperation} from './operations/list-tags-of-resource.ts';
import {putItemOperation} from './operations/put-item.ts';
import {queryOperation} from './operations/query.ts';
import {scanOperation} from './operations/scan.ts';
import {tagResourceOperation} from './operations/tag-resource.ts';
import {transactGetItemsOperation} from './operations/transact-get-items.ts';
import {transactWriteItemsOperation} from './operations/transact-write-items.ts';
import {untagResourceOperation} from './operations/untag-resource.ts';
import {updateItemOperation} from './operations/update-item.ts';
import {updateTableOperation} from './operations/update-table.ts';
import {updateTimeToLiveOperation} from './operations/update-time-to-live.ts';

// biome-ignore lint/suspicious/noExplicitAny: the registry holds operations without their types
type AnyOperation = Operation<any, any>;

/** Every operation that is built. Dispatch, permissions and the coverage report are computed from it. */
export const operations: ReadonlyMap<string, AnyOperation> = new Map(
  [
    batchExecuteStatementOperation,
    batchGetItemOperation,
    batchWriteItemOperation,
    createTableOperation,
    deleteItemOperation,
    deleteTableOperation,
    describeEndpointsOperation,
    describeLimitsOperation,
    describeStreamOperation,
    describeTableOperation,
    describeTimeToLiveOperation,
    executeStatementOperation,
    executeTransactionOperation,
    getItemOperation,
    getRecordsOperation,
    getShardIteratorOperation,
    listStreamsOperation,
    listTablesOperation,
    listTagsOfResourceOperation,
    putItemOperation,
    queryOperation,
    scanOperation,
    tagResourceOperation,
    transactGetItemsOperation,
    transactWriteItemsOperation,
    untagResourceOperation,
    updateItemOperation,
    updateTableOperation,
    updateTimeToLiveOperation,
  ].map((operation: AnyOperation) => [operation.name, operation]),
);
