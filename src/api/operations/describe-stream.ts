import {describeStream, type ShardView} from '../../engine/streams/describe-stream.ts';
import {sequenceNumber} from '../../engine/streams/sequence-number.ts';
import {shardId} from '../../engine/streams/shard-id.ts';
import {streamArn, streamLabel} from '../../engine/streams/stream-arn.ts';
import {noSuchStream} from '../../engine/streams/stream-errors.ts';
import {validationError} from '../../model/service-error.ts';
import type {DescribeStreamInput, DescribeStreamOutput, Shard, ShardFilter} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {limitUpTo} from '../streams/limit-up-to.ts';
import {onStream, parseStreamArn} from '../streams/parse-stream-arn.ts';
import {keyElements} from '../tables/table-description.ts';

export const describeStreamOperation = defineOperation({
  name: 'DescribeStream',
  service: 'streams',
  parse: (wire: DescribeStreamInput, caller) => ({
    limit: limitUpTo(wire.Limit, 100, 'Limit cannot be greater than the maximum: 100'),
    stream: parseStreamArn(wire.StreamArn, caller),
    afterShard: wire.ExclusiveStartShardId,
    parent: parentIn(wire.ShardFilter),
  }),
  permissions: ({stream}) => [onStream('DescribeStream', stream)],
  run: async (engine, {stream: {arn, id}, ...selection}): Promise<DescribeStreamOutput> => {
    const view = await describeStream(engine, id, selection);
    if (!view) throw noSuchStream(arn);
    const {stream, more} = view;
    const shards = view.shards.map(describeShard);
    return {
      StreamDescription: {
        StreamArn: streamArn(stream, engine.accountId),
        StreamLabel: streamLabel(stream.createdMs),
        StreamStatus: stream.endedMs === undefined ? 'ENABLED' : 'DISABLED',
        StreamViewType: stream.viewType,
        CreationRequestDateTime: stream.createdMs / 1000,
        TableName: stream.table,
        KeySchema: keyElements(stream.keySchema),
        Shards: shards,
        ...(more ? {LastEvaluatedShardId: shards.at(-1)!.ShardId!} : {}),
      },
    };
  },
});

/** Half a filter is refused (scylladb's tests of alternator); nobody has recorded in which words. */
function parentIn(filter: ShardFilter | undefined): string | undefined {
  if (filter && (filter.Type === undefined || filter.ShardId === undefined)) {
    throw validationError('One or more parameter values were invalid: ShardFilter must have both Type and ShardId');
  }
  return filter?.ShardId;
}

function describeShard({shard, firstPosition, lastPosition}: ShardView): Shard {
  const numberAt = (position: number) => sequenceNumber({shard: shard.number, position});
  return {
    ShardId: shardId(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: numberAt(firstPosition),
      ...(lastPosition === undefined ? {} : {EndingSequenceNumber: numberAt(lastPosition)}),
    },
    ...(shard.parent ? {ParentShardId: shardId(shard.parent)} : {}),
  };
}
