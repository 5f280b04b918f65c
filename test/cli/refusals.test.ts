import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/commands/run';
import { undo } from '../../src/cli/commands/undo';
import { readWorkflow } from '../../src/cli/workflow-file';
import type { ArtifactRef } from '../../src/core/model/artifact';
import type { Refusal, Runtime } from '../../src/core/runtime-port';
import { body, stateOf, step } from './events';
import { fakeContext } from './fake-runtime';

/** A folder with one file and one folder, and a runtime that a test tells. */
function withRuntime(runtime: Partial<Runtime>) {
  const fake = fakeContext([], { open: async () => runtime as Runtime });
  fake.files.set('/w/flow.yaml', 'name: x\n');
  Object.assign(fake.context.host.files, {
    stat: async (path: string) => ({ kind: path === '/w/folder' ? 'directory' : 'file' }),
    realPath: async (path: string) => path,
    relative: (_from: string, path: string) => path.replace('/w/', ''),
  });
  return fake;
}

describe('a run that is turned down', () => {
  const refused = async (refusal: Refusal) => {
    const fake = withRuntime({ start: async () => ({ refusal }) });
    const command = { name: 'run', file: 'flow.yaml', rehearse: false, inputs: {} } as const;
    return { code: await run(fake.context, command), err: fake.err };
  };
  const at = { line: 1, column: 1 };
  const fault = (message: string) =>
    ({ severity: 'error', code: 'fault', message, range: { start: at, end: at } }) as const;

  it('over its inputs says so once, and sends nobody to a line of the file', async () => {
    const message = 'The input "n" must be a number.';
    const missing = {
      ...fault('The input "who" is required.'),
      suggestion: 'In a terminal: --input who=VALUE',
    };
    const { code, err } = await refused({
      code: 'inputs',
      message: `${message} ${missing.message}`,
      diagnostics: [fault(message), missing],
    });
    expect(code).toBe(2);
    expect(err).toEqual([message, 'The input "who" is required. In a terminal: --input who=VALUE']);
  });

  it('over its file names every line', async () => {
    const { err } = await refused({ code: 'invalid-file', message: 'No.', diagnostics: [fault('Wrong.')] });
    expect(err).toEqual(['flow.yaml:1:1 fault Wrong.', 'No.']);
  });
});

describe('a workflow file', () => {
  it('is no folder', async () => {
    const { context } = withRuntime({});
    await expect(readWorkflow(context, 'folder')).rejects.toThrow('folder is a folder.');
    expect((await readWorkflow(context, 'flow.yaml')).path).toBe('flow.yaml');
  });
});

describe('taking changes back', () => {
  const ref: ArtifactRef = { hash: 'ab', path: 'old.txt', mediaType: 'text/plain', size: 1 };
  const state = {
    ...stateOf(body.started(step('mend'), step('look'))),
    changes: {
      mend: [
        { path: 'old.txt', before: ref },
        { path: 'new.txt', after: ref },
      ],
    },
  };
  const taken = (of: string) => {
    const fake = withRuntime({
      runs: async () => [{ runId: 'run1' }] as never,
      state: async () => state,
      undoChanges: async (_run, _step, { paths = [] }) => ({ ok: true, restored: paths, changedSince: [] }),
    });
    const command = { name: 'undo', run: 'last', step: of, files: [], anyway: false } as const;
    return { done: undo(fake.context, command), out: fake.out };
  };

  it('says which file is back, and which one is gone', async () => {
    const { done, out } = taken('mend');
    expect(await done).toBe(0);
    expect(out).toEqual(['Restored old.txt\nRemoved new.txt']);
  });

  it('knows the steps of the run', async () => {
    await expect(taken('x').done).rejects.toThrow('Run run1 has no step "x". Its steps: mend, look.');
    await expect(taken('look').done).rejects.toThrow('No agent of "look" has changed a file');
  });
});
