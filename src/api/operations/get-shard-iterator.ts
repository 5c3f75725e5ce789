import {getShardIterator, type IteratorStart} from '../../engine/streams/get-shard-iterator.ts';
import {invalidParameter} from '../../engine/tables/table-errors.ts';
import type {GetShardIteratorInput, GetShardIteratorOutput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {onStream, parseStreamArn} from '../streams/parse-stream-arn.ts';

export const getShardIteratorOperation = defineOperation({
  name: 'GetShardIterator',
  service: 'streams',
  parse: (wire: GetShardIteratorInput, caller) => ({
    start: parseStart(wire),
    stream: parseStreamArn(wire.StreamArn, caller),
    shardId: wire.ShardId,
  }),
  permissions: ({stream}) => [onStream('GetShardIterator', stream)],
  run: async (engine, {stream: {arn, id}, shardId, start}): Promise<GetShardIteratorOutput> => ({
    ShardIterator: await getShardIterator(engine, {stream: id, streamArn: arn, shardId, start}),
  }),
});

// That a number belongs to these two kinds and to no other: scylladb test_streams.py, which also ran against the service.
function parseStart({ShardIteratorType: kind, SequenceNumber: sequenceNumber}: GetShardIteratorInput): IteratorStart {
  if (kind === 'AT_SEQUENCE_NUMBER' || kind === 'AFTER_SEQUENCE_NUMBER') {
    if (sequenceNumber === undefined)
      throw invalidParameter(`SequenceNumber is required for ShardIteratorType ${kind}`);
    return {kind, sequenceNumber};
  }
  if (sequenceNumber !== undefined)
    throw invalidParameter(`SequenceNumber is not allowed for ShardIteratorType ${kind}`);
  return {kind};
}
