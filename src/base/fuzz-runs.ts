/** How often a property is tried: a short run by default, as many as STATOR_FUZZ_RUNS says otherwise. For tests. */
export const fuzzRuns = {numRuns: Number(process.env.STATOR_FUZZ_RUNS) || 300};
