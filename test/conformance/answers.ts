import assert from 'node:assert/strict';
import {DynamoDBServiceException} from '@aws-sdk/client-dynamodb';

/** What the service said no with, as `Name: message`; `(accepted)` when it did not. */
export async function refusal(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    return `${error.name}: ${error.message}`;
  }
  return '(accepted)';
}

/** Asserts that a request is refused as invalid with exactly this message. */
export async function invalid(answer: Promise<unknown>, message: string): Promise<void> {
  assert.equal(await refusal(answer), `ValidationException: ${message}`);
}

/** How the newer validation layer wraps one message. */
export function one(message: string): string {
  return `1 validation error detected: ${message}`;
}
