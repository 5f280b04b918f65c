import { expect, test } from 'vitest';
import { notePartsOf } from '../../src/extension/views/note-parts';

const known = [
  'policy.commands',
  'policy.deny',
  'mcpServers',
  'prices',
  'budget.usdPerDay',
  'providers.claude.baseUrl',
];

test.each([
  [
    '.vscode/settings.json: "baton.policy.commands" is ignored: a folder cannot set it. Set it in your user settings.',
    { setting: 'baton.policy.commands', file: '.vscode/settings.json' },
  ],
  [
    'team.code-workspace: "baton.prices" is ignored: a folder cannot set it.',
    { setting: 'baton.prices', file: 'team.code-workspace' },
  ],
  [
    'Your settings: "baton.budget.usdPerDay" must be a number above 0.',
    { setting: 'baton.budget.usdPerDay' },
  ],
  ['"policy.deny[0]" cannot be used: it names nothing.', { setting: 'baton.policy.deny' }],
  ['"mcpServers.wiki.args" must be a list of at most 256 texts.', { setting: 'baton.mcpServers' }],
  [
    'This workspace: "mcpServers" is ignored: a workspace cannot set it. Set it in your own settings.',
    { setting: 'baton.mcpServers', file: 'baton.config.json' },
  ],
  [
    'This workspace\'s settings: "providers.claude.baseUrl" is ignored: a folder cannot set an address.',
    { setting: 'baton.providers.claude.baseUrl', file: '.vscode/settings.json' },
  ],
  ['baton.config.json:3:14 This is no JSON.', { file: 'baton.config.json', line: 3 }],
  ['"polcy" is no setting. Did you mean "policy"?', {}],
  ['No model is asked: the settings cannot be read.', {}],
])('tells what a note is about and where that is written: %s', (note, { ...parts }) => {
  const { text, ...found } = notePartsOf(note, known);
  expect(found).toEqual(parts);
  expect(note.endsWith(text)).toBe(true);
});
