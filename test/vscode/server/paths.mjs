import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Everything fetched or made by the tests lies here; git ignores it. */
export const cache = join(root, '.cache');

/** The package a user would install, made by `npm run package`; BATON_VSIX names another one. */
export const vsix = process.env['BATON_VSIX'] ?? join(root, 'baton.vsix');
