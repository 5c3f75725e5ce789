import {checkInput} from '../model/check-shape.ts';
import {parseBody} from '../model/parse-json.ts';

/** The JSON object in a request's body. Throws SerializationException when it is anything else. */
export function parsedBody(body: Buffer): object {
  return parseBody(body);
}

/** Holds the body to the generated shape of the operation's input. */
export function checkedInput(operationName: string, body: object): object {
  checkInput(operationName, body);
  return body;
}
