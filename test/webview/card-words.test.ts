import { describe, expect, test } from 'vitest';
import { cardWords } from '../../webview/words/card-words';
import { longReason } from '../../webview/words/long-reason';
import { approvalOf } from './samples';

describe('what a card says', () => {
  test('a failure is told once: the question, and the error as it was written', () => {
    const error = 'Exit code 1: 2 of 214 tests failed\n  orders › rounds up';
    const words = cardWords(
      approvalOf('tests', {
        kind: 'error',
        summary: `It failed: ${error}`,
        message: 'What now?',
        shown: { error, artifacts: [] },
      }),
    );
    expect(words).toEqual({ question: 'This step failed. What now?', error });
  });

  test('a summary that says something else than the error stays', () => {
    const words = cardWords(
      approvalOf('tests', {
        kind: 'error',
        summary: 'npm test ended with exit code 1.',
        shown: { error: '2 of 214 tests failed', artifacts: [] },
      }),
    );
    expect(words).toMatchObject({
      summary: 'npm test ended with exit code 1.',
      error: '2 of 214 tests failed',
    });
  });

  test('what may have happened is told once, and what to do stands with the choices', () => {
    const told = 'The window closed while this ran.';
    const words = cardWords(
      approvalOf('build', {
        kind: 'uncertain',
        summary: told,
        message: 'It may have happened already. Look, then say: it happened, run it again, or cancel.',
        shown: { error: told, artifacts: [] },
      }),
    );
    expect(words).toEqual({
      question: 'This may have happened already. Look before you choose.',
      summary: told,
    });
  });

  test('a gate says its message and its summary, unless they are the same', () => {
    const gate = { kind: 'gate', shown: { output: null, artifacts: [] } } as const;
    expect(cardWords(approvalOf('pack', { ...gate, summary: 'Packed.', message: 'Look at it.' }))).toEqual({
      summary: 'Packed.',
      message: 'Look at it.',
    });
    expect(cardWords(approvalOf('pack', { ...gate, summary: 'Packed.', message: 'Packed.' }))).toEqual({
      summary: 'Packed.',
    });
  });
});

describe('a long reason', () => {
  const reasons = (many: number) =>
    Array.from({ length: many }, (_, index) => `Provider ${index + 1}: it is switched off in the settings`);

  test('is told by its first parts, the others wait', () => {
    const long = longReason(`"Ask" failed: No model answered: ${reasons(12).join('; ')}.`);
    expect(long?.start).toBe(
      '"Ask" failed: No model answered: Provider 1: it is switched off in the settings; Provider 2: it is switched off in the settings;',
    );
    expect(long?.rest).toEqual(reasons(12).slice(2));
  });

  test('is left alone where it is short or no list', () => {
    expect(longReason(`No model answered: ${reasons(3).join('; ')}.`)).toBeUndefined();
    expect(longReason(`It failed. ${'A long sentence. '.repeat(30)}`)).toBeUndefined();
  });
});
