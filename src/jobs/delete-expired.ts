import {deleteExpired} from '../engine/ttl/delete-expired.ts';
import type {Job} from './job.ts';

/** Deletes items whose time to live is over. */
export const deleteExpiredJob: Job = {name: 'delete-expired', step: deleteExpired, pauseMs: 10};
