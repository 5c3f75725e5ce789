// `npm start -- args`: installs and builds what is missing, then is the server: the command line runs in this very
// process. package.json starts it by `exec`, because npm passes signals on to its shell alone, and a shell in between
// (dash, Debian's) dies of them and leaves the server behind, unasked to flush. So npm's child is the server itself.
import {fileURLToPath} from 'node:url';
import {prepare} from './prepare.mjs';

await prepare();
const entry = new URL('../dist/bundle/main.js', import.meta.url);
process.argv[1] = fileURLToPath(entry);
await import(entry);
