import {backfillIndexesJob} from './backfill-indexes.ts';
import {clearDroppedJob} from './clear-dropped.ts';
import {deleteExpiredJob} from './delete-expired.ts';
import {fillExpiryJob} from './fill-expiry.ts';
import {forgetTokensJob} from './forget-tokens.ts';
import type {Job} from './job.ts';
import {tendStreamsJob} from './tend-streams.ts';

export const allJobs: readonly Job[] = [
  backfillIndexesJob,
  clearDroppedJob,
  deleteExpiredJob,
  fillExpiryJob,
  forgetTokensJob,
  tendStreamsJob,
];
