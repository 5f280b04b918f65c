import { readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../../src/core/agents/profile/read-profile';
import { agentFiles } from '../../../../src/core/agents/roster/agent-files';

const folder = path.resolve(import.meta.dirname, '../../../../src/core/agents/roster');
const profiles = [...agentFiles].map(([name, text]) => {
  const { profile, diagnostics } = readProfile(text);
  if (profile === undefined) throw new Error(`${name}: ${JSON.stringify(diagnostics[0])}`);
  return profile;
});
const asJson = (value: unknown) => format(JSON.stringify(value), { parser: 'json', printWidth: 110 });

describe('the data beside the agents (update it with "npx vitest run test/core/agents/roster -u")', () => {
  it('lists every file of the folder', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.agent.md'));
    expect([...agentFiles.keys()].map((name) => `${name}.agent.md`).sort()).toEqual(files.sort());
  });

  it('has the names, aliases and descriptions of the files', async () => {
    const cards = profiles.map(({ name, aliases, description }) => ({ name, aliases, description }));
    await expect(await asJson(cards)).toMatchFileSnapshot(path.join(folder, 'cards.json'));
  });

  it('has the expertise of the files', async () => {
    const expertise = profiles.map(({ name, aliases, specializations, topics, capabilities, actions }) => ({
      name,
      aliases,
      specializations,
      topics,
      capabilities: capabilities.map((capability) => [capability.name, capability.confidence]),
      actions,
    }));
    await expect(await asJson(expertise)).toMatchFileSnapshot(path.join(folder, 'expertise.json'));
  });
});
