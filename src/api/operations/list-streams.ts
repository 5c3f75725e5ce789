import {listStreams} from '../../engine/streams/list-streams.ts';
import {streamArn, streamLabel} from '../../engine/streams/stream-arn.ts';
import type {ListStreamsInput, ListStreamsOutput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {limitUpTo} from '../streams/limit-up-to.ts';
import {parseStreamArn} from '../streams/parse-stream-arn.ts';

export const listStreamsOperation = defineOperation({
  name: 'ListStreams',
  service: 'streams',
  parse: (wire: ListStreamsInput, caller) => ({
    of: {region: caller.region, table: wire.TableName},
    after:
      wire.ExclusiveStartStreamArn === undefined ? undefined : parseStreamArn(wire.ExclusiveStartStreamArn, caller),
    limit: limitUpTo(wire.Limit, 100, 'Limit cannot be greater than the maximum allowed size: 100'),
  }),
  permissions: () => [{action: 'dynamodb:ListStreams', resource: '*'}],
  run: async (engine, {of, after, limit}): Promise<ListStreamsOutput> => {
    const {streams, more} = await listStreams(engine, of, after?.id, limit);
    const listed = streams.map(stream => ({
      StreamArn: streamArn(stream, engine.accountId),
      TableName: stream.table,
      StreamLabel: streamLabel(stream.createdMs),
    }));
    return {Streams: listed, ...(more ? {LastEvaluatedStreamArn: listed.at(-1)!.StreamArn} : {})};
  },
});
