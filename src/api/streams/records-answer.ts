import {createHash} from 'node:crypto';
import type {PlacedChange, RecordPage} from '../../engine/streams/get-records.ts';
import {sequenceNumber} from '../../engine/streams/sequence-number.ts';
import {RawAnswer} from '../operation.ts';

/** Answers GetRecords. Keys and images go out as they are stored, so the answer is put together as text. */
export function recordsAnswer({stream, changes, nextIterator}: RecordPage): RawAnswer {
  const body: (string | Buffer)[] = ['{"Records":['];
  const tail = `,"StreamViewType":"${stream.viewType}"},"eventID":"`;
  let ids = '';
  for (const [at, change] of changes.entries()) {
    ids ||= idPrefix(stream, change.shard);
    body.push(
      `${at > 0 ? ',' : ''}{"awsRegion":"${stream.region}","dynamodb":{${timeMember(change)},"Keys":`,
      change.keys,
    );
    if (change.newImage) body.push(',"NewImage":', change.newImage);
    if (change.oldImage) body.push(',"OldImage":', change.oldImage);
    body.push(
      `,"SequenceNumber":"${sequenceNumber(change)}","SizeBytes":${change.size}${tail}${ids}${hex(change.position)}",` +
        `"eventName":"${change.kind}","eventSource":"aws:dynamodb","eventVersion":"1.1"${change.byService ? identity : ''}}`,
    );
  }
  body.push(nextIterator === undefined ? ']}' : `],"NextShardIterator":${JSON.stringify(nextIterator)}}`);
  return new RawAnswer(body);
}

/** Who deletes items whose time is up. */
const identity = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}';

/** Whole seconds, as AWS tells them. */
function timeMember({createdMs}: PlacedChange): string {
  return `"ApproximateCreationDateTime":${Math.floor(createdMs / 1000)}`;
}

/** An id is 32 hexadecimal digits, the same at every reading: of the shard, and of the place there. */
function idPrefix({tableId, createdMs}: RecordPage['stream'], shard: number): string {
  return createHash('md5').update(`${tableId} ${createdMs} ${shard}`).digest('hex').slice(0, 16);
}

const hex = (position: number) => position.toString(16).padStart(16, '0');
