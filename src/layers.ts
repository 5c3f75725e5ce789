/**
 * The import map: what the files of each folder in `src/` may import, beside their own folder and Node's modules.
 * `layers.test.ts` holds every import to it. `store.ts` is named alone where only the interface may be seen, no driver.
 */
export const layers: Record<string, readonly string[]> = {
  base: [],
  model: ['base'],
  expressions: ['model', 'base'],
  partiql: ['expressions', 'model', 'base'],
  storage: ['base'],
  keyspace: ['model', 'base'],
  engine: ['keyspace', 'partiql', 'expressions', 'model', 'base', 'storage/store.ts'],
  iam: ['keyspace', 'model', 'base', 'storage/store.ts'],
  jobs: ['engine', 'model', 'base'],
  copy: [
    'keyspace',
    'base',
    'storage/store.ts',
    'storage/copyable-store.ts',
    'storage/numbers-bytes.ts',
    'storage/store-unavailable-error.ts',
  ],
  api: ['storage/store-unavailable-error.ts', 'engine', 'iam', 'model', 'partiql', 'expressions', 'base'],
  http: ['api', 'model/service-error.ts', 'base'],
  cli: ['server', 'base'],
  server: ['http', 'api', 'copy', 'jobs', 'engine', 'iam', 'keyspace', 'storage', 'expressions', 'model', 'base'],
};
