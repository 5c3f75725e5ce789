import type {AttributeValue} from '../../src/model/attribute-value.ts';
import {
  attributeType,
  type Change,
  type IndexShape,
  type ItemWrite,
  type Op,
  type Path,
  type StatementOp,
  sortTypes,
  type TableShape,
  type Test,
  type TransactAction,
} from './program.ts';

export interface WireCall {
  operation: string;
  input: object;
}

/** Collects placeholders while expressions are written. */
function newWriter() {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const nameOf = (name: string) => {
    names[`#${name}`] = name;
    return `#${name}`;
  };
  const path = (at: Path) => at.map(nameOf).join('.');
  const value = (given: AttributeValue) => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = given;
    return placeholder;
  };
  const test = (one: Test): string => {
    switch (one.test) {
      case 'and':
      case 'or':
        return `(${one.of.map(test).join(one.test === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `NOT ${test(one.of)}`;
      case 'exists':
        return `attribute_exists(${path(one.path)})`;
      case 'missing':
        return `attribute_not_exists(${path(one.path)})`;
      case 'compare':
        return `${path(one.path)} ${one.by} ${value(one.value)}`;
      case 'between':
        return `${path(one.path)} BETWEEN ${value(one.low)} AND ${value(one.high)}`;
      case 'in':
        return `${path(one.path)} IN (${one.values.map(value).join(', ')})`;
      case 'begins':
        return `begins_with(${path(one.path)}, ${value({S: one.text})})`;
      case 'contains':
        return `contains(${path(one.path)}, ${value(one.value)})`;
      case 'type':
        return `attribute_type(${path(one.path)}, ${value({S: one.type})})`;
      case 'size':
        return `size(${path(one.path)}) > ${value({N: String(one.above)})}`;
    }
  };
  const placeholders = () => ({
    ...(Object.keys(names).length > 0 ? {ExpressionAttributeNames: names} : {}),
    ...(Object.keys(values).length > 0 ? {ExpressionAttributeValues: values} : {}),
  });
  return {nameOf, path, value, test, placeholders};
}

type Writer = ReturnType<typeof newWriter>;

function updateText(changes: readonly Change[], {path, value}: Writer): string {
  const clauses: Record<'SET' | 'ADD' | 'REMOVE' | 'DELETE', string[]> = {SET: [], ADD: [], REMOVE: [], DELETE: []};
  for (const one of changes) {
    const at = path(one.path);
    const orElse = (otherwise: AttributeValue | undefined) =>
      otherwise === undefined ? at : `if_not_exists(${at}, ${value(otherwise)})`;
    if (one.change === 'set') clauses.SET.push(`${at} = ${value(one.value)}`);
    else if (one.change === 'copy') clauses.SET.push(`${at} = ${path(one.from)}`);
    else if (one.change === 'plus') {
      const start = orElse(one.otherwise === undefined ? undefined : {N: String(one.otherwise)});
      clauses.SET.push(`${at} = ${start} + ${value({N: String(one.by)})}`);
    } else if (one.change === 'append') {
      const start = orElse(one.otherwise && {L: one.otherwise});
      clauses.SET.push(`${at} = list_append(${start}, ${value({L: one.list})})`);
    } else if (one.change === 'add') clauses.ADD.push(`${at} ${value(one.value)}`);
    else if (one.change === 'remove') clauses.REMOVE.push(at);
    else clauses.DELETE.push(`${at} ${value({SS: one.members})}`);
  }
  return Object.entries(clauses)
    .filter(([, parts]) => parts.length > 0)
    .map(([word, parts]) => `${word} ${parts.join(', ')}`)
    .join(' ');
}

function actionInput(action: TransactAction): object {
  const writer = newWriter();
  const condition = action.condition ? {ConditionExpression: writer.test(action.condition)} : {};
  const update = action.op === 'update' ? {UpdateExpression: updateText(action.changes, writer)} : {};
  return {
    TableName: action.table,
    ...(action.op === 'put' ? {Item: action.item} : {Key: action.key}),
    ...condition,
    ...update,
    ...writer.placeholders(),
    ...(action.onFailure ? {ReturnValuesOnConditionCheckFailure: action.onFailure} : {}),
  };
}

const actionNames = {put: 'Put', update: 'Update', delete: 'Delete', check: 'ConditionCheck'};
const operationNames = {put: 'PutItem', update: 'UpdateItem', delete: 'DeleteItem'};

function itemCall(op: ItemWrite): WireCall {
  return {
    operation: operationNames[op.op],
    input: {...actionInput(op), ...(op.returns ? {ReturnValues: op.returns} : {})},
  };
}

function byTable<T>(parts: readonly {table: string; part: T}[]): Record<string, T[]> {
  const tables: Record<string, T[]> = {};
  for (const {table, part} of parts) {
    tables[table] ??= [];
    tables[table].push(part);
  }
  return tables;
}

function indexInput({name, partition, sort, projection}: IndexShape): object {
  const keys = (names: string[], KeyType: string) => names.map(AttributeName => ({AttributeName, KeyType}));
  return {
    IndexName: name,
    KeySchema: [...keys(partition, 'HASH'), ...keys(sort, 'RANGE')],
    Projection: Array.isArray(projection)
      ? {ProjectionType: 'INCLUDE', NonKeyAttributes: projection}
      : {ProjectionType: projection},
  };
}

function definitions(table: string, names: readonly string[]): object[] {
  return [...new Set(names)].map(AttributeName => ({
    AttributeName,
    AttributeType: attributeType(table, AttributeName),
  }));
}

function createInput(table: string, {indexes, stream}: TableShape): object {
  const key = sortTypes[table] === undefined ? ['p'] : ['p', 's'];
  const ofKind = (kind: string) => indexes.filter(index => index.kind === kind).map(indexInput);
  return {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions(table, [
      ...key,
      ...indexes.flatMap(({partition, sort}) => [...partition, ...sort]),
    ]),
    KeySchema: key.map((AttributeName, at) => ({AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE'})),
    ...(ofKind('local').length > 0 ? {LocalSecondaryIndexes: ofKind('local')} : {}),
    ...(ofKind('global').length > 0 ? {GlobalSecondaryIndexes: ofKind('global')} : {}),
    ...(stream ? {StreamSpecification: {StreamEnabled: true, StreamViewType: stream}} : {}),
  };
}

function statementInput(means: StatementOp['means']): object {
  const Parameters: AttributeValue[] = [];
  const parameter = (value: AttributeValue) => {
    Parameters.push(value);
    return '?';
  };
  const where = (key: Record<string, AttributeValue>) =>
    Object.entries(key)
      .map(([name, value]) => `"${name}" = ${parameter(value)}`)
      .join(' AND ');
  const text = () => {
    switch (means.kind) {
      case 'insert': {
        const members = Object.entries(means.item).map(([name, value]) => `'${name}': ${parameter(value)}`);
        return `INSERT INTO "${means.table}" VALUE {${members.join(', ')}}`;
      }
      case 'update': {
        const sets = means.set.map(([name, value]) => `SET "${name}" = ${parameter(value)}`).join(' ');
        const all = {...means.key, ...(means.condition ? Object.fromEntries([means.condition]) : {})};
        return `UPDATE "${means.table}" ${sets} WHERE ${where(all)}`;
      }
      case 'delete':
        return `DELETE FROM "${means.table}" WHERE ${where(means.key)}`;
      case 'select':
        return `SELECT * FROM "${means.table}" WHERE ${where(means.key)}`;
    }
  };
  return {Statement: text(), Parameters};
}

/** What a client sends to ask for this. */
export function wireCall(op: Op): WireCall {
  switch (op.op) {
    case 'put':
    case 'update':
    case 'delete':
      return itemCall(op);
    case 'get': {
      const writer = newWriter();
      const projection = op.project ? {ProjectionExpression: op.project.map(writer.nameOf).join(', ')} : {};
      const input = {TableName: op.table, Key: op.key, ConsistentRead: true, ...projection, ...writer.placeholders()};
      return {operation: 'GetItem', input};
    }
    case 'query':
    case 'scan': {
      const writer = newWriter();
      const keyCondition: string[] = [];
      for (const [name, value] of Object.entries(op.partition ?? {})) {
        keyCondition.push(`${writer.nameOf(name)} = ${writer.value(value)}`);
      }
      if (op.sort) {
        const name = writer.nameOf(op.sort.name);
        const [first, second] = op.sort.values.map(writer.value);
        if (op.sort.by === 'between') keyCondition.push(`${name} BETWEEN ${first} AND ${second}`);
        else if (op.sort.by === 'begins') keyCondition.push(`begins_with(${name}, ${first})`);
        else keyCondition.push(`${name} ${op.sort.by} ${first}`);
      }
      const input = {
        TableName: op.table,
        ...(op.index ? {IndexName: op.index} : {}),
        ...(op.op === 'query' ? {KeyConditionExpression: keyCondition.join(' AND ')} : {}),
        ...(op.filter ? {FilterExpression: writer.test(op.filter)} : {}),
        ...(op.limit ? {Limit: op.limit} : {}),
        ...(op.select ? {Select: op.select} : {}),
        ...(op.consistent ? {ConsistentRead: true} : {}),
        ...(op.reverse ? {ScanIndexForward: false} : {}),
        ...(op.segment ? {Segment: op.segment.number, TotalSegments: op.segment.total} : {}),
        ...(op.startKey ? {ExclusiveStartKey: op.startKey} : {}),
        ...writer.placeholders(),
      };
      return {operation: op.op === 'query' ? 'Query' : 'Scan', input};
    }
    case 'statement':
      return {operation: 'ExecuteStatement', input: {...statementInput(op.means), ConsistentRead: true}};
    case 'transactStatements': {
      const token = op.token ? {ClientRequestToken: op.token} : {};
      return {
        operation: 'ExecuteTransaction',
        input: {TransactStatements: op.statements.map(statementInput), ...token},
      };
    }
    case 'batchWrite': {
      const parts = op.writes.map(({table, put, key}) => ({
        table,
        part: put ? {PutRequest: {Item: put}} : {DeleteRequest: {Key: key}},
      }));
      return {operation: 'BatchWriteItem', input: {RequestItems: byTable(parts)}};
    }
    case 'batchGet': {
      const keys = byTable(op.gets.map(({table, key}) => ({table, part: key})));
      const RequestItems = Object.fromEntries(Object.entries(keys).map(([table, Keys]) => [table, {Keys}]));
      return {operation: 'BatchGetItem', input: {RequestItems}};
    }
    case 'transactWrite': {
      const TransactItems = op.actions.map(action => ({[actionNames[action.op]]: actionInput(action)}));
      const token = op.token ? {ClientRequestToken: op.token} : {};
      return {operation: 'TransactWriteItems', input: {TransactItems, ...token}};
    }
    case 'transactGet': {
      const TransactItems = op.gets.map(({table, key}) => ({Get: {TableName: table, Key: key}}));
      return {operation: 'TransactGetItems', input: {TransactItems}};
    }
    case 'createTable':
      return {operation: 'CreateTable', input: createInput(op.table, op.shape)};
    case 'deleteTable':
      return {operation: 'DeleteTable', input: {TableName: op.table}};
    case 'addIndex': {
      const AttributeDefinitions = definitions(op.table, [...op.index.partition, ...op.index.sort]);
      const GlobalSecondaryIndexUpdates = [{Create: indexInput(op.index)}];
      return {
        operation: 'UpdateTable',
        input: {TableName: op.table, AttributeDefinitions, GlobalSecondaryIndexUpdates},
      };
    }
    case 'dropIndex': {
      const GlobalSecondaryIndexUpdates = [{Delete: {IndexName: op.index}}];
      return {operation: 'UpdateTable', input: {TableName: op.table, GlobalSecondaryIndexUpdates}};
    }
    case 'setStream': {
      const StreamSpecification =
        op.view === 'off' ? {StreamEnabled: false} : {StreamEnabled: true, StreamViewType: op.view};
      return {operation: 'UpdateTable', input: {TableName: op.table, StreamSpecification}};
    }
    case 'setTtl': {
      const TimeToLiveSpecification = {AttributeName: 'ttl', Enabled: op.enabled};
      return {operation: 'UpdateTimeToLive', input: {TableName: op.table, TimeToLiveSpecification}};
    }
    case 'describe':
    case 'readStream':
      return {operation: 'DescribeTable', input: {TableName: op.table}};
  }
}
