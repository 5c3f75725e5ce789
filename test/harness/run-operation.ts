import {RawAnswer} from '../../src/api/operation.ts';
import {operations} from '../../src/api/registry.ts';
import type {Engine} from '../../src/engine/engine.ts';
import {checkInput} from '../../src/model/check-shape.ts';

/** What an operation answers to this body, without HTTP. Throws ServiceError. */
export async function runOperation(
  engine: Engine,
  name: string,
  wire: object,
  region = 'us-east-1',
): Promise<Record<string, unknown>> {
  const caller = {accessKeyId: 'test', region, accountId: '000000000000'};
  const operation = operations.get(name)!;
  const input = JSON.parse(JSON.stringify(wire)) as object;
  checkInput(name, input);
  const answer = await operation.run(engine, operation.parse(input, caller), caller);
  const text = answer instanceof RawAnswer ? answer.body.map(String).join('') : JSON.stringify(answer);
  return JSON.parse(text) as Record<string, unknown>;
}
