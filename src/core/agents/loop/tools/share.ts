import type { ToolDeclaration } from '../../../providers/provider';
import { numberArgument, textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import { clipped, fenced, textOf } from '../../chat/fenced-data';
import type { AgentAtWork } from '../agent-at-work';
import { LONGEST_TEXT, name, shape, text, whole } from './parameters';
import { talkTool, type Speaker } from './talk-tool';
import { quoted, told } from './told';

const sharing: ToolDeclaration = {
  name: 'share',
  description:
    'Shares a value with all agents of this run under a key. It is changed only when nobody changed it since the version you read.',
  parameters: shape(
    {
      key: name('The key'),
      value: text('Text, or JSON as text'),
      expectedVersion: whole(0, Number.MAX_SAFE_INTEGER, 'The version you read. Default: 0, a new key'),
    },
    ['key', 'value'],
  ),
};

export const share = (work: AgentAtWork): Tool =>
  talkTool(work, sharing, async (speaker, args) => {
    const key = textArgument(args, 'key');
    const value = textArgument(args, 'value');
    const expected = numberArgument(args, 'expectedVersion', 0);
    const { context, again, postbox } = speaker;
    const next = expected + 1;
    const isDone = ({ version, by, value: is }: { version: number; by: string; value: unknown }) =>
      version === next && by === postbox.name && is === value;
    if (again && context.history(key).some(isDone)) return told(`Shared as version ${next}.`);
    const changed = await context.change(key, value, expected);
    if (changed.changed) return told(`Shared as version ${changed.version}.`);
    if (changed.why === 'refused') return told(changed.refused.message, true);
    if (changed.why === 'locked') return told(`${changed.holder} has locked ${key}. Try again later.`, true);
    if (changed.version === 0) return told(`There is no ${key}: share it with expectedVersion 0.`, true);
    return quoted(`${key} is at version ${changed.version} by now:\n${valueOf(speaker, key)}`, true);
  });

const reading: ToolDeclaration = {
  name: 'read_shared',
  description: 'Gives what the agents of this run share: one value with its version, or all keys.',
  parameters: shape({ key: name('Default: all keys are listed') }, []),
};

export const readShared = (work: AgentAtWork): Tool =>
  talkTool(work, reading, (speaker, args) => {
    const { context } = speaker;
    const key = textArgument(args, 'key');
    if (key === '') {
      const keys = context.keys().slice(0, MOST_LISTED);
      if (keys.length === 0) return Promise.resolve(told('Nothing is shared yet.'));
      return Promise.resolve(quoted(keys.map((one) => lineOf(speaker, one)).join('\n')));
    }
    const entry = context.read(key);
    if (entry === undefined) return Promise.resolve(told(`There is no ${key}.`, true));
    return Promise.resolve(
      quoted(`${key}, version ${entry.version}, by ${entry.by}:\n${valueOf(speaker, key)}`),
    );
  });

const MOST_LISTED = 200;

function lineOf({ context }: Speaker, key: string): string {
  const entry = context.read(key);
  return entry === undefined ? key : `${key}, version ${entry.version}, by ${entry.by}`;
}

function valueOf({ context, sha256 }: Speaker, key: string): string {
  const value = textOf(context.read(key)?.value ?? null);
  return fenced(`shared value of ${key}`, clipped(value, 2 * LONGEST_TEXT), sha256);
}
