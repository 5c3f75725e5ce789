import {connect} from 'node:net';
import type {Random} from '../../src/base/random.ts';
import {requestHeaders} from '../harness/call.ts';
import {sleep} from '../harness/server-process.ts';
import {soakTable} from './content.ts';

/** Clients that go away amid a head, amid a body, or before the answer. None of them writes anything. */
export async function cutConnections(endpoints: readonly string[], random: Random, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const {port, hostname} = new URL(endpoints[at % endpoints.length]!);
    const body = JSON.stringify({TableName: soakTable, Limit: 200});
    const headers = Object.entries({...requestHeaders('Scan'), Host: 'x', 'Content-Length': body.length});
    const request = `POST / HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
    const isWhole = random.fraction() < 0.4;
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(isWhole ? request : request.slice(0, 1 + Math.floor(random.fraction() * (request.length - 1))));
    await sleep(2 + random.fraction() * 20);
    if (random.fraction() < 0.5) socket.destroy();
    else socket.resetAndDestroy();
  }
}
