import {existsSync, readFileSync} from 'node:fs';

/** The version in the package's manifest, which lies some folders above this file, bundled or not. */
export function version(): string {
  for (let folder = new URL('.', import.meta.url), depth = 0; depth < 5; folder = new URL('..', folder), depth++) {
    const manifest = new URL('package.json', folder);
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as {version: string}).version;
  }
  return 'unknown';
}
