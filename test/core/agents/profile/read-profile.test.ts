import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../../src/core/model/diagnostic';
import { readProfile } from '../../../../src/core/agents/profile/read-profile';

const HEAD = {
  name: 'name: poet',
  description: 'description: Writes verse.',
  capabilities: 'capabilities: { write verse: 0.9, read verse: 0.95 }',
  tools: 'tools: [read_file]',
};
const file = (more: Partial<typeof HEAD> & { readonly extra?: string } = {}, body = 'You write verse.') =>
  `---\n${Object.values({ ...HEAD, ...more }).join('\n')}\n---\n\n${body}\n`;
const told = (text: string) =>
  readProfile(text).diagnostics.map((diagnostic) => formatDiagnostic('poet.agent.md', diagnostic));

describe("an agent's own file", () => {
  it('is read whole, the surest capability first', () => {
    const { profile, diagnostics } = readProfile(
      file({
        extra: [
          'aliases: [bard]',
          'specializations: [sonnets]',
          'topics: [rhyme]',
          'model: { prefer: [claude, openai/gpt-x], needs: { tools: true, context: 1000 } }',
          'actions: [write-verse]',
        ].join('\n'),
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(profile).toEqual({
      name: 'poet',
      aliases: ['bard'],
      description: 'Writes verse.',
      specializations: ['sonnets'],
      topics: ['rhyme'],
      capabilities: [
        { name: 'read verse', confidence: 0.95 },
        { name: 'write verse', confidence: 0.9 },
      ],
      tools: ['read_file'],
      model: {
        prefer: ['claude', 'openai/gpt-x'],
        needs: { tools: true, structuredOutput: false, context: 1000 },
      },
      actions: ['write-verse'],
      checks: [],
      prompt: 'You write verse.',
    });
  });

  it('closes every object of its answer and needs all of its parts, unless it says otherwise', () => {
    const extra = [
      'output:',
      '  properties:',
      '    lines: { type: array, items: { properties: { text: { type: string } } } }',
      '    notes: { properties: { a: { type: string } }, required: [], additionalProperties: true }',
    ].join('\n');
    expect(readProfile(file({ extra })).profile?.output).toEqual({
      type: 'object',
      required: ['lines', 'notes'],
      additionalProperties: false,
      properties: {
        lines: {
          type: 'array',
          items: {
            type: 'object',
            required: ['text'],
            additionalProperties: false,
            properties: { text: { type: 'string' } },
          },
        },
        notes: {
          type: 'object',
          required: [],
          additionalProperties: true,
          properties: { a: { type: 'string' } },
        },
      },
    });
  });

  it.each([
    [
      'an unknown field',
      file({ extra: 'toolz: []' }),
      '6:1 unknown-key An agent has no field "toolz". Did you mean "tools"?',
    ],
    [
      'an unknown tool',
      file({ tools: 'tools: [read_file, rm_rf]' }),
      '5:20 unknown-tool There is no tool "rm_rf".',
    ],
    ['a name with spaces', file({ name: 'name: The Poet' }), '2:7 bad-name'],
    ['no name', file({ name: '' }), '1:1 bad-name'],
    ['a description of two lines', file({ description: 'description: "a\\nb"' }), '3:14 bad-text'],
    [
      'a confidence above one',
      file({ capabilities: 'capabilities: { write verse: 1.5 }' }),
      '4:30 bad-confidence',
    ],
    [
      'a confidence that is a word',
      file({ capabilities: 'capabilities: { write verse: high }' }),
      'bad-confidence',
    ],
    [
      'a capability that is no phrase',
      file({ capabilities: 'capabilities: { "X!": 0.5 }' }),
      'bad-capability',
    ],
    ['a context that is no number', file({ extra: 'model: { needs: { context: big } }' }), '6:28 bad-model'],
    ['a preference that is no provider', file({ extra: 'model: { prefer: ["a b"] }' }), '6:19 bad-model'],
    ['a check that says nothing', file({ extra: 'checks: [{ say: x }]' }), '6:10 bad-check'],
    ['aliases that are a text', file({ extra: 'aliases: bard' }), '6:10 wrong-type'],
    ['an answer that is a list', file({ extra: 'output: [1]' }), 'wrong-type'],
    ['no prompt', file({}, ''), '1:1 no-prompt'],
  ])('is refused with %s, at its place', (_what, text, where) => {
    expect(readProfile(text).profile).toBeUndefined();
    expect(told(text).join('\n')).toContain(where);
  });
});
