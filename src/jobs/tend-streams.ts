import {tendStreams} from '../engine/streams/tend-streams.ts';
import type {Job} from './job.ts';

/** Closes old shards and trims old records. */
export const tendStreamsJob: Job = {name: 'tend-streams', step: tendStreams};
