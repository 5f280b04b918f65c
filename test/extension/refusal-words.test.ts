import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../src/core/runtime-port';
import { fixesOf, refusalText } from '../../src/extension/runs/refusal-words';

const at = { line: 3, column: 1 };

function refusal(code: Refusal['code'], message: string, detail?: string): Refusal {
  const diagnostics =
    detail === undefined
      ? []
      : [{ severity: 'error' as const, code, message: detail, range: { start: at, end: at } }];
  return { code, message, diagnostics };
}

describe('what a refused run offers', () => {
  it('offers a key and a rehearsal before the file where a model is missing', () => {
    expect(fixesOf(refusal('needs-model', 'No model.'), true)).toEqual([
      'set-api-key',
      'rehearse',
      'open-workflow',
    ]);
  });

  it('offers no file where the workflow is none, as the bundled review', () => {
    expect(fixesOf(refusal('needs-model', 'No model.'), false)).toEqual(['set-api-key', 'rehearse']);
    expect(fixesOf(refusal('inputs', 'An input is missing.'), false)).toEqual([]);
  });

  it('offers a rehearsal where a part of the file does not work yet, and else only the file', () => {
    expect(fixesOf(refusal('unsupported', 'Not run.'), true)).toEqual(['rehearse', 'open-workflow']);
    expect(fixesOf(refusal('secrets', 'A secret is missing.'), true)).toEqual(['open-workflow']);
  });

  it('offers another try where the process that owns the folder does not answer: the file is not what is wrong', () => {
    expect(fixesOf(refusal('not-owner', 'It does not answer.'), true)).toEqual(['try-again']);
  });
});

describe('the text of a refusal', () => {
  it('says once why a model is needed', () => {
    const message = '1 step cannot be done without an AI model: read (only a model can answer its prompt).';
    const detail = 'The step "read" needs a model: only a model can answer its prompt.';
    expect(refusalText(refusal('needs-model', message, detail))).toBe(message);
  });

  it('leaves to the buttons what can be done, where there is a brief message', () => {
    const told = { ...refusal('needs-model', 'No model. Set a key. Or rehearse it.'), brief: 'No model.' };
    expect(refusalText(told)).toBe('No model.');
  });

  it('does not add a diagnostic that is the message', () => {
    expect(refusalText(refusal('secrets', 'A is missing. B is missing.', 'A is missing.'))).toBe(
      'A is missing. B is missing.',
    );
  });

  it('adds the first diagnostic where the message leaves open what is wrong', () => {
    expect(refusalText(refusal('invalid-file', 'The file has errors.', 'There is no step "x".'))).toBe(
      'The file has errors. There is no step "x".',
    );
  });
});
