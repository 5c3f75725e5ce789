import {connect} from 'node:net';
import {createResponseReader, type WireResponse} from './response-reader.ts';

export interface Connection {
  send(request: Buffer): void;
  close(): void;
}

export interface ConnectionEvents {
  readonly keepBody: boolean;
  onResponse(response: WireResponse): void;
  /** The server closed the connection, or it broke. Not called after our own `close()`. */
  onLost(): void;
}

/** A keep-alive connection to 127.0.0.1 that reads into one reused buffer, without Node's stream machinery. */
export function openConnection(port: number, events: ConnectionEvents): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader(events.keepBody, response => events.onResponse(response));
    let open = false;
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(256 * 1024),
        callback: (length, buffer) => {
          reader.push(buffer as Buffer, length);
          return true;
        },
      },
    });
    socket.once('connect', () => {
      open = true;
      resolve({
        send: request => socket.write(request),
        close: () => {
          open = false;
          socket.destroy();
        },
      });
    });
    socket.on('error', error => reject(error)); // after 'connect' nobody listens: 'close' tells
    socket.on('close', () => {
      if (open) events.onLost();
      open = false;
    });
  });
}

/** One request on a connection of its own, with the whole answer. Rejects after `timeoutMs`. */
export async function exchange(port: number, request: Buffer, timeoutMs = 60_000): Promise<Required<WireResponse>> {
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Required<WireResponse>>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
      openConnection(port, {
        keepBody: true,
        onResponse: response => resolve(response as Required<WireResponse>),
        onLost: () => reject(new Error('connection lost before an answer')),
      }).then(opened => {
        connection = opened;
        opened.send(request);
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}
