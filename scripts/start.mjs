// `npm start -- args`: installs and builds what is missing, then is the server: the command line runs in this very
// process, so that a signal from a supervisor, a terminal or npm arrives where it is handled.
import {prepare} from './prepare.mjs';

await prepare();
const entry = new URL('../dist/src/cli/main.js', import.meta.url);
process.argv[1] = entry.pathname;
await import(entry);
