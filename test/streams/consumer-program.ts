// A consumer in a process of its own, that can be killed at any time: ENDPOINT STREAM-ARN FILE. Its items and places are in
// the file, replaced as a whole after every page.
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {consume, newReplica, type Replica, streamsClient} from './consumer.ts';

const [endpoint, streamArn, file] = process.argv.slice(2) as [string, string, string];
const replica: Replica = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : newReplica();
const client = streamsClient(endpoint);
let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});

const keep = () => {
  writeFileSync(`${file}.new`, JSON.stringify(replica));
  renameSync(`${file}.new`, file);
};
// A server that is gone ends it: whoever started it starts another one.
await consume(client, streamArn, replica, {keep, isDone: () => stopping, limit: 20});
process.exit(0);
