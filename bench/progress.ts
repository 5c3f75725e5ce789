/** Progress on stderr: `status` overwrites itself on a terminal, `line` stays. */
export interface Progress {
  status(text: string): void;
  line(text: string): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  const clear = stream.isTTY ? '\r\x1b[K' : '';
  return {
    status: text => {
      if (stream.isTTY) stream.write(clear + text.slice(0, (stream.columns ?? 100) - 1));
    },
    line: text => void stream.write(`${clear}${text}\n`),
  };
}
