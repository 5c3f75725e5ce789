/** What is soaked: the processes that serve, where they keep their data, and what may happen to them. */
export interface System {
  endpoints: string[];
  /** By name, such as `worker 1`: those that serve now. */
  processes(): {name: string; pid: number}[];
  /** Bytes of the data. */
  dataBytes(): Promise<number | undefined>;
  faults: Fault[];
  /** How long after a fault requests may still fail. */
  graceMs: number;
  /** How many handles a process may hold beyond those that it had at its start: such as connections to a database. */
  handlesMore: number;
  /** Stops all of it cleanly, and looks at what is left. Throws when something is wrong. */
  end(): Promise<void>;
  /** What the servers printed of faults of theirs. */
  complaints(): string[];
}

export interface Fault {
  name: string;
  /** Ends processes that serve, so that others with empty memory take their place. */
  isRestart: boolean;
  /** Requests may fail meanwhile. */
  isNoticed: boolean;
  bring(): Promise<void>;
}
