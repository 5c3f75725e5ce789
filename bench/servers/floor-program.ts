// A bare socket that does what every server must do for a GetItem (find the end of the headers, read Content-Length,
// parse the body as JSON) and answers a constant of the same size as GetItem's answer. It is not a database and not a
// proper HTTP server: it is the most that Node could reach on this machine.
import {createServer} from 'node:net';
import {orderItem} from '../dataset.ts';

const body = `{"Item":${orderItem(12345, 0)}}`;
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
    'x-amz-crc32: 1234567890\r\nx-amzn-requestid: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\n' +
    `date: ${new Date().toUTCString()}\r\nconnection: keep-alive\r\n\r\n${body}`,
);
const requestBytesMax = 16 << 20;

const server = createServer({noDelay: true}, socket => {
  let pending = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', chunk => {
    pending += chunk.toString('latin1');
    for (;;) {
      const headEnd = pending.indexOf('\r\n\r\n');
      if (headEnd < 0) break;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(pending.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (end > requestBytesMax) socket.destroy();
      if (pending.length < end) break;
      JSON.parse(pending.slice(headEnd + 4, end));
      pending = pending.slice(end);
      socket.write(answer);
    }
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
