import {createHash} from 'node:crypto';
import type {PlacedChange, RecordPage} from '../../engine/streams/get-records.ts';
import {sequenceNumber} from '../../engine/streams/sequence-number.ts';
import {RawAnswer} from '../operation.ts';

/** Answers GetRecords. Keys and images go out as they are stored, so the answer is put together as text. */
export function recordsAnswer({stream, changes, nextIterator}: RecordPage): RawAnswer {
  const body: (string | Buffer)[] = [];
  const head = `{"awsRegion":"${stream.region}","dynamodb":{"ApproximateCreationDateTime":`;
  const viewType = `,"StreamViewType":"${stream.viewType}"},"eventID":"${changes[0] ? idPrefix(stream, changes[0]) : ''}`;
  let between = '{"Records":[';
  for (const change of changes) {
    // Whole seconds, as AWS tells them.
    body.push(`${between}${head}${Math.floor(change.createdMs / 1000)},"Keys":`, change.keysAndImages);
    between =
      `,"SequenceNumber":"${sequenceNumber(change)}","SizeBytes":${change.size}${viewType}${hex(change.position)}",` +
      `"eventName":"${change.kind}","eventSource":"aws:dynamodb","eventVersion":"1.1"${change.byService ? identity : ''}},`;
  }
  const records = changes.length > 0 ? between.slice(0, -1) : between;
  body.push(`${records}]${nextIterator === undefined ? '' : `,"NextShardIterator":${JSON.stringify(nextIterator)}`}}`);
  return new RawAnswer(body);
}

/** Who deletes items whose time is up. */
const identity = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}';

/** An id is 32 hexadecimal digits, the same at every reading: of the shard, and of the place there. */
function idPrefix({tableId, createdMs}: RecordPage['stream'], {shard}: PlacedChange): string {
  return createHash('md5').update(`${tableId} ${createdMs} ${shard}`).digest('hex').slice(0, 16);
}

const hex = (position: number) => position.toString(16).padStart(16, '0');
