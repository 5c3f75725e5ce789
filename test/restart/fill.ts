import {type Call, must} from '../harness/call.ts';

const keyValue = (type: string, number: number) => {
  if (type === 'N') return {N: String(number % 2 ? -number : number / 8)};
  if (type === 'B') return {B: Buffer.from([number >> 8, number & 255, 0]).toString('base64')};
  return {S: `\u{1f600}${number}\0`};
};

/** Items of every attribute type; some without the key attributes of the indexes. */
export async function fill(call: Call, definition: Record<string, unknown>, count: number): Promise<void> {
  const definitions = definition.AttributeDefinitions as {AttributeName: string; AttributeType: string}[];
  const keys = (definition.KeySchema as {AttributeName: string}[]).map(element => element.AttributeName);
  for (let number = 0; number < count; number++) {
    const attributes = definitions
      .filter(({AttributeName}) => keys.includes(AttributeName) || (number + AttributeName.length) % 3 > 0)
      .map(({AttributeName, AttributeType}) => [AttributeName, keyValue(AttributeType, number)]);
    const others = {
      list: {L: [{S: ''}, {NULL: true}, {BOOL: number % 2 === 0}, {M: {inner: {N: '1E-130'}}}]},
      sets: {M: {ss: {SS: ['a', 'b']}, ns: {NS: ['1', '2.5']}, bs: {BS: ['AA==']}}},
      large: {S: 'x'.repeat(number % 10 === 0 ? 5_000 : 10)},
    };
    await must(call, 'PutItem', {
      TableName: definition.TableName,
      Item: {...Object.fromEntries(attributes), ...others},
    });
  }
}
