import type {SoakOptions} from './options.ts';
import type {LoadSample} from './stats.ts';
import type {ProcessUse} from './watch-process.ts';

export interface Sample {
  atMs: number;
  load: LoadSample;
  /** By name and id of each process that serves. */
  processes: {name: string; pid: number; use: ProcessUse}[];
  dataBytes: number | undefined;
}

export interface BroughtFault {
  name: string;
  startMs: number;
  endMs: number;
}

/** All that was seen of one run. */
export interface SoakRecord {
  options: SoakOptions;
  startMs: number;
  endMs: number;
  samples: Sample[];
  faults: BroughtFault[];
  /** Of each process that serves, before the load came and after it went. */
  handlesBefore: number;
  handlesAfter: {name: string; handles: number}[];
  /** How many more a process may hold after the load than before it. */
  handlesMore: number;
  problems: string[];
  problemCount: number;
  /** What was done how often. */
  done: Record<string, number>;
  /** Lines of the servers about faults of theirs. */
  complaints: string[];
}
