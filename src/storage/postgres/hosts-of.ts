/**
 * The URLs, each of one server, that a URL of several stands for, as libpq reads them:
 * `postgres://user@a:5432,b:5433/db` or `postgres://user@/db?host=a,b&port=5432,5433`. One port is for all.
 * `target_session_attrs` goes: who connects says what it needs. So do names for what connects: nodes know each other by theirs.
 * @throws Error when there are several ports, and not one for each host
 */
export function hostsOf(url: string): string[] {
  const [, scheme, login = '', authority, path, query = ''] =
    /^([a-z]+:\/\/)([^/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? [];
  if (scheme === undefined) return [url];
  const parameters = new URLSearchParams(query);
  for (const name of ['target_session_attrs', 'application_name', 'fallback_application_name']) parameters.delete(name);
  const hosts = parameters.get('host')?.split(',');
  const ports = parameters.get('port')?.split(',');
  if (!hosts && !ports) {
    const rest = textOf(parameters);
    return authority!.split(',').map(host => `${scheme}${login}${host}${path}${rest}`);
  }
  const names = hosts ?? authority!.split(',');
  if (ports && ports.length > 1 && ports.length !== names.length) throw new Error('as many ports as hosts, or one');
  return names.map((name, at) => {
    if (hosts) parameters.set('host', name);
    if (ports) parameters.set('port', ports.length > 1 ? ports[at]! : ports[0]!);
    return `${scheme}${login}${hosts ? authority : name}${path}${textOf(parameters)}`;
  });
}

function textOf(parameters: URLSearchParams): string {
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
