import {backfillIndexesJob} from './backfill-indexes.ts';
import {clearDroppedJob} from './clear-dropped.ts';
import {forgetTokensJob} from './forget-tokens.ts';
import type {Job} from './job.ts';

export const allJobs: readonly Job[] = [backfillIndexesJob, clearDroppedJob, forgetTokensJob];
