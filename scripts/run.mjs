// Installs and builds what is missing, then runs one built script: `node scripts/run.mjs bench/main.js -- args`.
import {prepare} from './prepare.mjs';

const [script, ...rest] = process.argv.slice(2);
await prepare();
process.argv = [process.argv[0], script, ...rest];
await import(new URL(`../dist/${script}`, import.meta.url));
