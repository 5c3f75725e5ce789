import {tagsMax, tooManyTags} from '../../engine/tables/change-tags.ts';
import {validationError} from '../../model/service-error.ts';
import type {Tag} from '../../model/shapes.generated.ts';

const keyLengthMax = 128;
const valueLengthMax = 256;
const tagPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Throws ValidationException in the words of TagResource. The model's own bounds are not checked before: a member that is
 * missing is called null here (ack-api-quirks DDB-TABLE-105, 107, 372, 457).
 */
export function parseTags(tags: readonly Partial<Tag>[]): {key: string; value: string}[] {
  const seen = new Set<string>();
  const parsed = tags.map(({Key, Value: value}) => {
    const key = parseTagKey(Key);
    if (value === undefined || value.length > valueLengthMax || !tagPattern.test(value)) {
      throw validationError(`The Tag Value provided is invalid, Value: ${value ?? null}`);
    }
    if (seen.has(key)) throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    seen.add(key);
    return {key, value};
  });
  mustBeFewTags(tags.length);
  return parsed;
}

export function parseTagKeys(keys: readonly string[]): string[] {
  const parsed = keys.map(parseTagKey);
  // Said of keys to remove as well.
  mustBeFewTags(keys.length);
  return parsed;
}

function parseTagKey(key: string | undefined): string {
  if (key?.slice(0, 4).toLowerCase() === 'aws:') {
    throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
  }
  if (!key || key.length > keyLengthMax || !tagPattern.test(key)) {
    throw validationError(`The Tag Key provided is invalid, Key: ${key ?? null}`);
  }
  return key;
}

function mustBeFewTags(count: number): void {
  if (count > tagsMax) throw tooManyTags();
}
