import {validationError} from '../../model/service-error.ts';
import type {Tag} from '../../model/shapes.generated.ts';

const tagsMax = 50;
const keyLengthMax = 128;
const valueLengthMax = 256;
const tagPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws ValidationException in the words of TagResource. */
export function parseTags(tags: readonly Tag[]): {key: string; value: string}[] {
  const seen = new Set<string>();
  for (const {Key: key, Value: value} of tags) {
    if (key.startsWith('aws:')) throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
    if (key === '' || key.length > keyLengthMax || !tagPattern.test(key)) {
      throw validationError(`The Tag Key provided is invalid, Key: ${key}`);
    }
    if (value.length > valueLengthMax || !tagPattern.test(value)) {
      throw validationError(`The Tag Value provided is invalid, Value: ${value}`);
    }
    if (seen.has(key)) throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    seen.add(key);
  }
  if (tags.length > tagsMax) {
    throw validationError('Number of Tags exceed the current limit for the provided ResourceArn');
  }
  return tags.map(({Key: key, Value: value}) => ({key, value}));
}
