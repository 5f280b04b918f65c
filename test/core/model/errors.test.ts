import { build } from 'esbuild';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as abort from '../../../src/core/base/abort';
import * as errors from '../../../src/core/model/errors';
import { temporaryFolder } from '../../support/node-host';

const { BatonError } = errors;
const { CancelledError } = abort;
const root = path.resolve(import.meta.dirname, '../../..');

/** The same two modules once more, as another bundle holds them. */
let other: typeof errors & typeof abort;
beforeAll(async () => {
  const folder = await temporaryFolder('other-bundle');
  const outfile = path.join(folder.path, 'other.cjs');
  await build({
    stdin: {
      contents: `export * from './src/core/model/errors'; export * from './src/core/base/abort';`,
      resolveDir: root,
    },
    ...{ outfile, bundle: true, minify: true, platform: 'node', format: 'cjs', logLevel: 'warning' },
  });
  other = createRequire(import.meta.url)(outfile) as typeof other;
  await folder.remove();
});

class Narrow extends BatonError {}
class Stopped extends CancelledError {}

describe('errors', () => {
  it('are known whichever bundle made them', () => {
    expect(other.BatonError).not.toBe(BatonError);
    const error = new other.BatonError('file-changed', 'It is not what it was.');
    expect(error instanceof BatonError && error.code).toBe('file-changed');
    expect(new other.CancelledError()).toBeInstanceOf(CancelledError);
    expect(new BatonError('x', 'x')).toBeInstanceOf(other.BatonError);
  });

  it('of narrower classes are known by their own class only', () => {
    expect(new Narrow('x', 'x')).toBeInstanceOf(BatonError);
    expect(new Narrow('x', 'x')).toBeInstanceOf(Narrow);
    expect(new BatonError('x', 'x')).not.toBeInstanceOf(Narrow);
    expect(new Stopped()).toBeInstanceOf(CancelledError);
    expect(new CancelledError()).not.toBeInstanceOf(Stopped);
  });

  it.each([
    new Error('x'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    { code: 'x', retryable: false },
    new DOMException('x', 'AbortError'),
    undefined,
    null,
    'BatonError',
  ])('of others are none of them: %s', (value: unknown) => {
    expect(value instanceof BatonError).toBe(false);
    expect(value instanceof CancelledError).toBe(false);
  });
});
