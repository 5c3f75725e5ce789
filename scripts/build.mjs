// Installs and builds what is missing: `npm run build`.
import {prepare} from './prepare.mjs';

await prepare();
