import {clearDropped} from '../engine/tables/clear-dropped.ts';
import type {Job} from './job.ts';

/** Frees what deleted tables and indexes held. */
export const clearDroppedJob: Job = {name: 'clear-dropped', step: clearDropped};
