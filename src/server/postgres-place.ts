/** Which database a URL names, for people: without user, password and options. */
export function postgresPlace(url: string): string {
  const [, hosts, path, query] = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)([^?#]*)\??([^#]*)/.exec(url) ?? [];
  return `PostgreSQL at ${new URLSearchParams(query).get('host') ?? hosts}${path}`;
}
