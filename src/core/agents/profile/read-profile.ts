import type { Diagnostic } from '../../model/diagnostic';
import { FrontMatter } from '../../workflow/front-matter';
import type { AgentProfile } from './profile';
import { ProfileFields } from './profile-fields';
import { isToolName } from './tool-names';

const KEYS = [
  'name',
  'aliases',
  'description',
  'specializations',
  'topics',
  'capabilities',
  'tools',
  'model',
  'actions',
  'output',
  'checks',
];

/** Reads an agent's file in Baton's own form. `profile` is absent when there is an error among the diagnostics. */
export function readProfile(text: string): {
  readonly profile?: AgentProfile;
  readonly diagnostics: readonly Diagnostic[];
} {
  const head = new FrontMatter(text);
  const fields = new ProfileFields(head);
  fields.onlyKeys(KEYS);
  const output = fields.schema('output');
  const tools = fields.names('tools');
  for (const [index, tool] of tools.entries())
    if (!isToolName(tool)) head.error('unknown-tool', `There is no tool "${tool}".`, ['tools', index]);
  const profile: AgentProfile = {
    name: fields.name('name'),
    aliases: fields.names('aliases'),
    description: fields.line('description'),
    specializations: fields.lines('specializations'),
    topics: fields.lines('topics'),
    capabilities: fields.capabilities(),
    tools,
    model: fields.model(),
    actions: fields.names('actions'),
    ...(output !== undefined && { output }),
    checks: fields.checks(),
    prompt: fields.prompt(),
  };
  return { ...(!head.hasErrors && { profile }), diagnostics: head.diagnostics() };
}
