import {connect} from 'node:net';

/** One answer as it came over a socket, for tests that speak to a server in bytes. */
export interface RawReply {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Writes the pieces one after another, half-closes, and gives back what the server answered until it closed as well.
 * Rejects when that takes longer than `timeoutMs`.
 */
export async function exchangeBytes(port: number, pieces: readonly Buffer[], timeoutMs = 10_000): Promise<RawReply[]> {
  const received: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const socket = connect({port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true});
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      reject(new Error(`no end to: ${Buffer.concat(pieces).toString('latin1').slice(0, 2_000)}`));
    });
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    // A server may refuse and close while we still write; what it said before counts.
    socket.on('error', () => resolve());
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve());
    socket.on('connect', () => writeNext(0));
    const writeNext = (index: number): void => {
      if (socket.destroyed || socket.writableEnded) return;
      if (index === pieces.length) {
        socket.end();
        return;
      }
      socket.write(pieces[index]!, () => setImmediate(writeNext, index + 1));
    };
  });
  return parseReplies(Buffer.concat(received));
}

/** All final answers in a stream; an interim 100 is left out. */
export function parseReplies(bytes: Buffer): RawReply[] {
  const replies: RawReply[] = [];
  let at = 0;
  while (at < bytes.length) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) throw new Error(`half an answer: ${bytes.toString('latin1', at, at + 200)}`);
    const [statusLine, ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    );
    at = headEnd + 4;
    const status = Number(statusLine!.split(' ')[1]);
    if (status === 100) continue;
    const bodyEnd = at + Number(headers['content-length'] ?? 0);
    if (bodyEnd > bytes.length) throw new Error('half a body');
    replies.push({status, headers, body: bytes.subarray(at, bodyEnd)});
    at = bodyEnd;
  }
  return replies;
}
