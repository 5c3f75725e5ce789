import {type ConnectionsOptions, openConnections} from './connections.ts';

const whichBackend = 'select pg_backend_pid()';

/**
 * Does a connection stay with one backend? Behind a PgBouncer that pools transactions it gets another for each, without the
 * settings and the prepared statements of its session, which shows as wrong plans and strange errors under load. Here it
 * is made to show: while one transaction holds a backend, a second connection gets another; once the first is given back,
 * the second gets that one, at once or the time after, depending on whether the last or the first given back is the next.
 */
export async function keepsSessions(
  server: Omit<ConnectionsOptions, 'connectionsMax' | 'plain'>,
  untilMs: number,
): Promise<boolean> {
  const connections = openConnections({...server, connectionsMax: 2, plain: true});
  try {
    return await connections.use(untilMs, holder =>
      connections.use(untilMs, async asker => {
        await holder.script('begin');
        const seen = [await asker.script(whichBackend)];
        await holder.script('commit');
        for (let times = 0; times < 2; times++) seen.push(await asker.script(whichBackend));
        return new Set(seen.map(([row]) => row![0])).size === 1;
      }),
    );
  } finally {
    await connections.close();
  }
}
