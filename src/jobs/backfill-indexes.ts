import {backfillIndexes} from '../engine/indexes/backfill.ts';
import type {Job} from './job.ts';

/** Fills the indexes that were added to live tables. */
export const backfillIndexesJob: Job = {name: 'backfill-indexes', step: backfillIndexes};
