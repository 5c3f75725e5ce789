import {fillExpiry} from '../engine/ttl/fill-expiry.ts';
import type {Job} from './job.ts';

/** Enters the items of tables that have turned time to live on. */
export const fillExpiryJob: Job = {name: 'fill-expiry', step: fillExpiry};
