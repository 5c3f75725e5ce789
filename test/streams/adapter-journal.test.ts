import assert from 'node:assert/strict';
import {test} from 'node:test';
import {changesSeen, journalProblems, parseJournal, shardsEnded, shardsHeld} from './adapter-journal.ts';

const shards = [{ShardId: 'parent'}, {ShardId: 'child', ParentShardId: 'parent'}];
const problems = (lines: readonly string[]) =>
  journalProblems(parseJournal(lines.map(line => `${line.replaceAll(' ', '\t')}\n`).join('')), shards);

const good = [
  'a start parent TRIM_HORIZON',
  'a record parent 1 INSERT x 1',
  'a record parent 2 MODIFY x 2',
  'b start parent 1',
  'b record parent 2 MODIFY x 2',
  'b record parent 3 INSERT y 1',
  'b end parent',
  'a lost parent',
  'a start child TRIM_HORIZON',
  'a record child 4 MODIFY x 3',
];

test('a good journal has no problems', () => {
  assert.deepEqual(problems(good), []);
  const events = parseJournal(`${good.join('\n').replaceAll(' ', '\t')}\na\trec`);
  assert.deepEqual(Object.fromEntries(changesSeen(events)), {x: 3, y: 1});
  assert.deepEqual([...shardsEnded(events)], ['parent']);
  assert.deepEqual([...shardsHeld(events, 'a').keys()], ['child']);
  assert.deepEqual([...shardsHeld(events, 'b').keys()], []);
});

for (const {name, lines, problem} of [
  {name: 'a change is missed', lines: good.toSpliced(2, 1).toSpliced(3, 1), problem: /change 3 of x before change 2/},
  {
    name: 'changes are swapped',
    lines: good.toSpliced(1, 2, good[2]!, good[1]!),
    problem: /change 2 of x before change 1/,
  },
  {name: 'a change comes twice', lines: good.toSpliced(2, 0, good[1]!), problem: /is not after the one before it/},
  {name: 'a child comes before its parent ends', lines: good.toSpliced(6, 1), problem: /begun before its parent/},
  {name: 'a record is told as another kind', lines: good.with(2, 'a record parent 2 INSERT x 2'), problem: /told as/},
  {name: 'a shard is made up', lines: [...good, 'a start other TRIM_HORIZON'], problem: /no such shard/},
  {name: 'a record comes after the end', lines: [...good, 'b record parent 5 MODIFY x 4'], problem: /that is not held/},
])
  test(`it is noticed when ${name}`, () => {
    assert.match(problems(lines).join('\n'), problem);
  });
