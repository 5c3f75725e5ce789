import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {layers} from './layers.ts';

// The sources, seen from dist/src.
const src = join(dirname(fileURLToPath(import.meta.url)), '../../src');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, {withFileTypes: true}).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

test('every import keeps to the import map', () => {
  const wrong: string[] = [];
  for (const file of sourceFiles(src)) {
    const path = relative(src, file).replaceAll('\\', '/');
    const folder = path.includes('/') ? path.split('/')[0]! : '';
    if (folder === '') continue;
    // A test may use whatever it needs to set up what it tests.
    if (path.endsWith('.test.ts')) continue;
    const allowed = layers[folder];
    assert.ok(allowed, `src/${folder} is not in the import map`);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const target = relative(src, resolve(dirname(file), specifier!)).replaceAll('\\', '/');
      const inside = target.startsWith(`${folder}/`);
      if (!inside && !allowed.some(name => target === name || target.startsWith(`${name}/`))) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
