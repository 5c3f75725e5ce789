// Tokens made by hand: each is refused in the right words, and none shows what belongs to another table.
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {decodeIterator, encodeIterator} from '../../src/engine/streams/shard-iterator.ts';
import type {TableId} from '../../src/keyspace/table-record.ts';
import {onEveryStore} from '../conformance/server.ts';
import {useTable} from '../conformance/tables.ts';

const secret = 'secret-of-another-table';

onEveryStore('tokens made by hand', target => {
  const shape = {attributes: {pk: 'S', sk: 'S', g: 'S'}, key: ['pk', 'sk'], global: {byG: {hash: ['g']}}} as const;
  const mine = useTable(target, shape);
  const other = useTable(target, {
    ...shape,
    attributes: {...shape.attributes, zz: 'N'},
    key: ['pk', 'zz'],
    global: {byG: {hash: ['g', 'sk']}},
  });
  const S = (text: string) => ({S: text});

  before(async () => {
    for (const table of [mine, other]) {
      await target.db.updateTable({
        TableName: table,
        StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_IMAGE'},
      });
    }
    for (let count = 0; count < 5; count++) {
      const rest = {pk: S('p'), sk: S(`${count}`), g: S('g')};
      await target.db.putItem({TableName: mine, Item: rest});
      await target.db.putItem({TableName: other, Item: {...rest, zz: {N: `${count}`}, what: S(secret)}});
    }
  });

  async function ask(operation: string, input: object): Promise<{status: number; body: string}> {
    const answer = await target.raw(operation, JSON.stringify(input));
    assert.ok(answer.status === 200 || answer.status === 400, `${operation} ${JSON.stringify(input)}: ${answer.body}`);
    assert.ok(!answer.body.includes(secret), `${operation} ${JSON.stringify(input)} shows another table`);
    return answer;
  }

  const startKeys: object[] = [
    {},
    {pk: S('p')},
    {pk: S('p'), sk: {N: '1'}},
    {pk: S('p'), zz: {N: '1'}},
    {pk: S('p'), sk: S('1'), zz: {N: '1'}},
    {pk: S('p'), sk: S('1'), g: S('g'), more: S('x')},
    {pk: S(''), sk: S('')},
    {pk: S('x'.repeat(3_000)), sk: S('1')},
    {pk: S('p'), sk: S('x'.repeat(2_000))},
    {pk: {M: {}}, sk: {L: []}},
    {pk: S('\ufffd'), sk: S('\u0000')},
    Object.fromEntries(Array.from({length: 5_000}, (_, count) => [`a${count}`, S('x')])),
  ];
  test('start keys of other tables, of indexes, too short, too long, of other types', async () => {
    for (const ExclusiveStartKey of startKeys) {
      for (const request of [
        ['Scan', {}],
        ['Scan', {IndexName: 'byG'}],
        ['Scan', {Segment: 1, TotalSegments: 7}],
        ['Query', {KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: {':p': S('p')}}],
        ['Query', {IndexName: 'byG', KeyConditionExpression: 'g = :p', ExpressionAttributeValues: {':p': S('g')}}],
      ] as const) {
        const {status, body} = await ask(request[0], {TableName: mine, ExclusiveStartKey, ...request[1]});
        // The one that fits its table's key goes on from a place where nothing need be.
        const fits = JSON.stringify(Object.keys(ExclusiveStartKey)) === '["pk","sk"]';
        if (!fits)
          assert.equal(
            status,
            400,
            `${JSON.stringify(request)} ${JSON.stringify(ExclusiveStartKey).slice(0, 200)}: ${body}`,
          );
        if (status === 400) assert.match(body, /ValidationException/);
      }
    }
  });

  test('a start key of another partition leads nowhere', async () => {
    const {status, body} = await ask('Query', {
      TableName: mine,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: {':p': S('p')},
      ExclusiveStartKey: {pk: S('q'), sk: S('1')},
    });
    assert.equal(status, 400);
    assert.match(body, /ValidationException.*starting key/);
  });

  const changed = (token: string): string[] => {
    const bytes = Buffer.from(token, 'base64');
    const flips = Array.from({length: bytes.length}, (_, at) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << (at % 8);
      return copy.toString('base64');
    });
    const cuts = [0, 1, 2, 5, 17, 18, 19, 20, 40].map(length => bytes.subarray(0, length).toString('base64'));
    const random = Array.from({length: 20}, (_, length) => Buffer.alloc(length * 5, length * 37).toString('base64'));
    return [
      ...flips,
      ...cuts,
      ...random,
      `${token}AAAA`,
      `${token}=`,
      ` ${token}`,
      token.toLowerCase(),
      '%',
      'null',
      '\u0000',
      'x'.repeat(100_000),
    ];
  };

  test('NextToken of PartiQL: flipped, cut, made up, of another statement', async () => {
    const statement = (table: string) => `SELECT pk, sk FROM "${table}" WHERE pk = 'p'`;
    const page = async (table: string) =>
      JSON.parse((await ask('ExecuteStatement', {Statement: statement(table), Limit: 2})).body);
    const {NextToken} = await page(mine);
    assert.ok(NextToken);
    const others = (await page(other)).NextToken;
    for (const token of [others, ...changed(NextToken)]) {
      const {status, body} = await ask('ExecuteStatement', {Statement: statement(mine), NextToken: token});
      if (status === 400) assert.match(body, /ValidationException/);
      // What still fits its statement and range goes on inside it.
      else for (const {pk} of JSON.parse(body).Items) assert.deepEqual(pk, S('p'));
    }
    const {status} = await ask('ExecuteStatement', {Statement: statement(mine), NextToken: others});
    assert.equal(status, 400);
  });

  test('shard iterators: flipped, cut, made up, and forged for the stream of another table', async () => {
    const streams = 'DynamoDBStreams_20120810.';
    const open = async (table: string) => {
      const {Table} = await target.db.describeTable({TableName: table});
      const StreamArn = Table!.LatestStreamArn!;
      const {StreamDescription} = JSON.parse((await ask(`${streams}DescribeStream`, {StreamArn})).body);
      const {ShardId} = StreamDescription.Shards[0];
      const input = {StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON'};
      return {
        StreamArn,
        ShardId,
        iterator: JSON.parse((await ask(`${streams}GetShardIterator`, input)).body).ShardIterator as string,
      };
    };
    const own = await open(mine);
    const others = await open(other);
    const records = (ShardIterator: string) => ask(`${streams}GetRecords`, {ShardIterator});
    assert.equal(JSON.parse((await records(own.iterator)).body).Records.length, 5);

    const [arn, version, opaque] = own.iterator.split('|');
    const tokens = [
      ...changed(opaque!).map(token => `${arn}|${version}|${token}`),
      ...['', '|', '||', '|||', 'x', `${arn}`, `${arn}|${version}`, `${arn}|99|${opaque}`, `x|${version}|${opaque}`],
      own.iterator.replace(mine, other),
      `${others.iterator.split('|')[0]}|${version}|${opaque}`,
    ];
    for (const token of tokens.filter(one => one !== own.iterator)) {
      const {status, body} = await records(token);
      assert.equal(status, 400, token);
      assert.match(body, /ValidationException|ResourceNotFoundException|TrimmedDataAccessException/);
    }

    // Whoever has read the source can make an iterator that passes its check. It must lead nowhere else.
    const parsed = decodeIterator(own.iterator);
    const theirs = decodeIterator(others.iterator);
    if (parsed && theirs) {
      for (const forged of [
        {...parsed, table: theirs.table},
        {...parsed, table: theirs.table, shard: theirs.shard},
        {...parsed, table: 0xffff_ffff as TableId},
        {...parsed, shard: 0xffff_ffff},
        {...parsed, position: 2 ** 53},
        {...parsed, position: Number.MAX_SAFE_INTEGER + 2 ** 62},
        {...parsed, issuedMs: 2 ** 48 - 1},
        {...parsed, issuedMs: 0},
      ]) {
        await records(encodeIterator(forged));
      }
      assert.equal((await records(encodeIterator({...parsed, table: theirs.table, shard: theirs.shard}))).status, 400);
    }

    for (const ShardId of [
      others.ShardId,
      'shardId-00000000000000000000-00000000',
      'x'.repeat(30),
      '__proto__'.repeat(4),
    ]) {
      for (const SequenceNumber of ['0', '9'.repeat(40), '-1'.padEnd(21, '0'), 'x'.repeat(21), '1'.repeat(21)]) {
        const input = {StreamArn: own.StreamArn, ShardId, SequenceNumber, ShardIteratorType: 'AT_SEQUENCE_NUMBER'};
        const {status} = await ask(`${streams}GetShardIterator`, input);
        assert.ok(status === 200 || status === 400);
      }
      await ask(`${streams}DescribeStream`, {StreamArn: own.StreamArn, ExclusiveStartShardId: ShardId});
      await ask(`${streams}ListStreams`, {ExclusiveStartStreamArn: `${own.StreamArn}${ShardId}`});
    }
  });

  test('the names that lists go on behind', async () => {
    for (const name of ['aaa', '___', '...', '__proto__', 'z'.repeat(255), mine]) {
      await ask('ListTables', {ExclusiveStartTableName: name});
    }
    for (const NextToken of ['x', '', '0'.repeat(10_000)]) {
      const {Table} = await target.db.describeTable({TableName: mine});
      await ask('ListTagsOfResource', {ResourceArn: Table!.TableArn, NextToken});
    }
  });
});
