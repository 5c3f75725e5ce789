interface ListenError extends Error {
  code?: string;
  port?: number;
  address?: string;
  /** Where `address` is not known because there is none. */
  hostname?: string;
}

/** One line that says what went wrong at the start, and what to do about it. */
export function describeStartFailure(error: unknown): string {
  const {code, message, port, address, hostname} = error as ListenError;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop what listens there, or choose another with --port (0 picks a free one)`;
    case 'EACCES':
      return `not allowed to listen on port ${port}: choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `can't listen on ${address ?? hostname}: give an address of this machine with --host`;
    default:
      return message ?? String(error);
  }
}
