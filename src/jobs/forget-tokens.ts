import {forgetTokens} from '../engine/transactions/forget-tokens.ts';
import type {Job} from './job.ts';

/** Clears request tokens that no longer count. */
export const forgetTokensJob: Job = {name: 'forget-tokens', step: forgetTokens};
