import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {runClient} from './clients/run-client.ts';
import {root} from './clients/start-server.ts';

/** Lines that an example can print only if the database did what the example is about. */
const told: Record<string, readonly string[]> = {
  'iot-series': [
    'Wrote 1152 readings: two sensors, two days, one every five minutes.',
    'Kitchen over midnight: 48 readings, 2026-03-01T22:00:00.000Z to 2026-03-02T01:55:00.000Z',
    'Their mean: 14.2 °C',
    "The cellar's newest reading: 8 °C at 2026-03-02T23:55:00.000Z",
    'Kitchen above 21.8 °C on 2026-03-01: 25 of 288 readings',
  ],
  leaderboard: [
    '  1. grace      1006',
    '  6. john       907',
    "margaret's rank: 5",
    'A worse score counts: false',
    "margaret's rank: 1",
    'margaret played 5 games, her best is 5000',
  ],
  'session-store': [
    'grace is signed in on: laptop, phone, tablet',
    'A request from the laptop is: grace on the laptop, request 1',
    '20 minutes later: grace on the laptop, request 3',
    'The phone was idle for those 40 minutes: nobody',
    'Signing out everywhere ends 2 sessions',
    'A session that was idle for too long is deleted: true',
    'A request from the laptop is: nobody',
  ],
  'shopping-cart': [
    "ada's cart after ten clicks at once: 5 tea, 5 cups",
    'alan wants 1 tea: bought',
    'ada checks out: only 4 of tea left',
    'ada takes one tea less, an old tab checks out: the cart has changed, look again',
    'Adding to a bought cart works: false',
    'In stock: 0 tea, 35 cups',
  ],
};

const examples = readdirSync(join(root, 'examples'), {withFileTypes: true})
  .filter(entry => entry.isDirectory())
  .map(({name}) => name);

for (const name of examples) {
  test(`examples/${name}`, async () => {
    const endpoint = process.env.STATOR_TEST_ENDPOINT;
    const env = endpoint ? {STATOR_ENDPOINT: endpoint} : {};
    const {code, stdout, output} = await runClient(process.execPath, [join(root, 'examples', name, 'main.mjs')], {env});
    assert.equal(code, 0, output);
    const lines = stdout.split('\n');
    assert.ok(told[name], `what does examples/${name} tell?`);
    for (const line of told[name]) assert.ok(lines.includes(line), `'${line}' is missing in:\n${stdout}`);
    const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8');
    assert.ok(readme.includes(`node examples/${name}/main.mjs`), 'the README says how to run it');
  });
}
