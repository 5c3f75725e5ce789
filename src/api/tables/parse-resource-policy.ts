import {invalidParameter} from '../../engine/tables/table-errors.ts';

const policyBytesMax = 20_480;

/** The text of a policy, which is kept as it is. Throws ValidationException when it is no JSON object. */
export function parseResourcePolicy(text: string): string {
  if (Buffer.byteLength(text) > policyBytesMax) {
    throw invalidParameter(`Maximum policy size of ${policyBytesMax} bytes exceeded`);
  }
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    policy = undefined;
  }
  if (typeof policy === 'object' && policy !== null && !Array.isArray(policy)) return text;
  throw invalidParameter('Invalid policy document: This policy contains invalid Json');
}
