import { describe, expect, it } from 'vitest';
import type { Approval } from '../../src/core/model/approval';
import { draftOf, largeOutputHash, readDraft } from '../../src/extension/documents/draft-text';

const approval = (kind: Approval['kind'], shown: Partial<Approval['shown']>): Approval => ({
  id: 'a1',
  kind,
  step: 'scan',
  attempt: 1,
  title: 'Scan',
  summary: 'one finding',
  shown: { artifacts: [], ...shown },
  shownHash: 'h',
  allow: ['approve', 'modify'],
  next: [],
  requestedAt: 0,
  onExpire: 'pause',
});

describe('what a person edits before approving', () => {
  it('is the text of a text, and JSON of everything else', () => {
    expect(draftOf(approval('gate', {}), 'Dear all')).toEqual({ text: 'Dear all', ending: 'md' });
    expect(draftOf(approval('gate', {}), { a: [1] })).toEqual({
      text: '{\n  "a": [\n    1\n  ]\n}\n',
      ending: 'json',
    });
  });

  it('is the command or the prompt while the step has not begun', () => {
    expect(draftOf(approval('before', { command: 'npm test' }), undefined)).toEqual({
      text: 'npm test',
      ending: 'sh',
    });
    expect(
      readDraft(draftOf(approval('before', { command: ['npm', 'test'] }), undefined).text, 'json'),
    ).toEqual({
      value: ['npm', 'test'],
    });
    expect(draftOf(approval('before', { prompt: 'Say hello' }), undefined).ending).toBe('md');
  });

  it('comes back as it was edited, and tells broken JSON', () => {
    expect(readDraft('{"a": 2}', 'json')).toEqual({ value: { a: 2 } });
    expect(readDraft('{"a": ', 'json')).toHaveProperty('problem');
    expect(readDraft('{"a": ', 'md')).toEqual({ value: '{"a": ' });
  });

  it('knows the stand-in of an output that lies in the store', () => {
    expect(largeOutputHash({ $artifact: 'abc', size: 70_000, preview: '[' })).toBe('abc');
    expect(largeOutputHash({ preview: 'x' })).toBeUndefined();
    expect(largeOutputHash('text')).toBeUndefined();
  });
});
