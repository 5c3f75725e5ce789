import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {runClient} from '../clients/run-client.ts';
import {root} from '../clients/start-server.ts';
import {chanceFrom} from '../fuzz/chance.ts';
import {temporaryDirectory} from '../harness/server-process.ts';
import {checkLinearizable} from './check-linearizable.ts';
import {type History, historyToJson} from './history.ts';
import {serialHistory} from './serial-history.ts';

const cwd = join(root, 'test/histories/porcupine');
const histories = 200;

/** With what somebody saw replaced by what somebody else did. */
function altered(history: History, seed: number): History {
  const chance = chanceFrom(seed);
  const seen = history.operations.flatMap(({accesses}) => accesses.filter(({saw}) => saw !== undefined));
  const one = chance.pick(seen);
  const others = seen.filter(({item}) => item === one.item).map(({saw}) => saw!);
  one.saw = chance.pick(others);
  return history;
}

test('Porcupine says the same of items, of histories right and wrong', async t => {
  const {code} = await runClient('go', ['version']);
  if (code !== 0) return t.skip('go is not on this machine');
  const download = await runClient('go', ['mod', 'download'], {cwd, timeoutMs: 300_000});
  if (download.code !== 0) return t.skip('Go could not get Porcupine');
  const directory = temporaryDirectory(t);
  const ours: string[] = [];
  const paths = Array.from({length: histories}, (_, at) => {
    const sound = serialHistory(at, 80);
    const history = at % 2 === 0 ? sound : altered(sound, at);
    const items = checkLinearizable(history).map(({text}) => /^item \d+/.exec(text)![0]);
    ours.push(items.length === 0 ? 'linearizable' : `not linearizable: ${items.sort().join(', ')}`);
    const path = join(directory, `${at}.json`);
    writeFileSync(path, historyToJson(history));
    return path;
  });
  const {stdout, output} = await runClient('go', ['run', '.', ...paths], {cwd, timeoutMs: 300_000});
  assert.deepEqual(stdout.trimEnd().split('\n'), ours, output);
  const wrong = ours.filter(text => text.startsWith('not')).length;
  assert.ok(wrong > histories / 4 && wrong <= histories / 2, `${wrong} of them are wrong`);
});
