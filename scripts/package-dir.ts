/** Where `npm run package` puts the template and the zips. */
import { fileURLToPath } from 'node:url';

export const packageDir = fileURLToPath(new URL('../build/package', import.meta.url));
