import {ServiceError} from '../model/service-error.ts';

/** The JSON object in a request's body. Throws SerializationException when it is anything else. */
export function parsedBody(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new ServiceError('SerializationException', '');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ServiceError('SerializationException', '');
  }
  return value;
}

/** Holds the body to the generated shape of the operation's input. */
export function checkedInput(_operationName: string, body: object): object {
  return body;
}
