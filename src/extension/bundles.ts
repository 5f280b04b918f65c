import { createRequire } from 'node:module';
import type * as runtime from '../core/runtime';
import type * as language from './language/main';

/*
 * Parts of Baton that load when they are first needed: opening a window must not pay for them.
 * They lie beside the extension's own bundle. Classes of a part are not the classes of another one:
 * only `BatonError` and `CancelledError` are known by `instanceof` whichever part made them.
 */
const load = createRequire(__filename);

/** Engine, store and agents. */
export function runtimeBundle(): typeof runtime {
  return load('./runtime.js') as typeof runtime;
}

/** What workflow texts mean: diagnostics, completion, hover. Holds the YAML reader. */
export function languageBundle(): typeof language {
  return load('./language.js') as typeof language;
}
