import {whenReady} from '../../base/awaitable.ts';
import {getRecords} from '../../engine/streams/get-records.ts';
import {decodeIterator} from '../../engine/streams/shard-iterator.ts';
import {validationError} from '../../model/service-error.ts';
import type {GetRecordsInput} from '../../model/shapes.generated.ts';
import {defineOperation} from '../operation.ts';
import {limitUpTo} from '../streams/limit-up-to.ts';
import {onStream, parseStreamArn} from '../streams/parse-stream-arn.ts';
import {recordsAnswer} from '../streams/records-answer.ts';

export const getRecordsOperation = defineOperation({
  name: 'GetRecords',
  service: 'streams',
  parse: (wire: GetRecordsInput, caller) => {
    const iterator = decodeIterator(wire.ShardIterator);
    if (!iterator) throw validationError('Invalid ShardIterator');
    const limit = limitUpTo(wire.Limit, 1000, 'Limit should be less than or equal to 1000');
    return {iterator, limit, stream: parseStreamArn(iterator.streamArn, caller)};
  },
  permissions: ({stream}) => [onStream('GetRecords', stream)],
  run: (engine, {stream, iterator, limit}) => whenReady(getRecords(engine, stream.id, iterator, limit), recordsAnswer),
});
