import type {Socket} from 'node:net';
import type {Clock} from '../base/clock.ts';
import type {AnswerBytes} from './answer-bytes.ts';

/** Time to say what cannot be served now, and to read why. */
const refusedMs = 1_000;

/**
 * Answers the first request of a connection for which there is no room, and closes it. Only then: clients with a pool take an
 * answer to nothing for a broken connection.
 */
export function refuseConnection(socket: Socket, answer: AnswerBytes, clock: Clock): void {
  const cancel = clock.after(refusedMs, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', cancel);
  socket.on('end', () => socket.end());
  socket.once('data', () => {
    socket.end(answer, 'latin1');
    // What else it sends is dropped: closing on unread bytes would take the answer back.
    socket.resume();
  });
}
