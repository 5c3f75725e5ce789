import assert from 'node:assert/strict';
import {once} from 'node:events';
import {connect} from 'node:net';
import {test} from 'node:test';
import {startServer} from './start-server.ts';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`npm start ends well on ${signal}, also while an idle connection is open`, async t => {
    if (process.env.STATOR_TEST_ENDPOINT) return t.skip('a server that was started elsewhere is not ours to end');
    const server = await startServer();
    const {hostname, port} = new URL(server.endpoint);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    // A reset ends it as well as a close does.
    socket.on('error', () => {});
    const closed = new Promise(resolve => socket.once('close', resolve));
    const health = await fetch(server.endpoint);
    assert.equal(health.status, 200);
    assert.match(await health.text(), /^healthy: dynamodb\./);
    await server.stop(signal);
    socket.resume();
    await closed;
    await assert.rejects(fetch(server.endpoint));
  });
}
