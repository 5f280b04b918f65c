import type { JsonObject } from '../base/json';
import type { AskedCall } from './tool-call';

/**
 * What agents want to do, for people: "writer wants to run a command", "quality wants to change 2 files". Says nothing that a model
 * wrote: commands and addresses stand on the card, whole.
 */
export function wantLine(calls: readonly AskedCall[]): string {
  const agents = [...new Set(calls.map(({ agent }) => agent))];
  const [agent = 'An agent'] = agents;
  return `${agents.length > 1 ? `${agents.length} agents want` : `${agent} wants`} to ${deedsOf(calls)}`;
}

/** "change 2 files", "run a command and open a web address", "do 5 things". */
export function deedsOf(calls: readonly AskedCall[]): string {
  const counts = new Map<Deed, number>();
  for (const call of calls) {
    const deed = deedOf(call);
    const known = [...counts.keys()].find((other) => sameDeed(other, deed)) ?? deed;
    counts.set(known, (counts.get(known) ?? 0) + deed.count);
  }
  const deeds = [...counts].map(([deed, count]) => deedText(deed, count));
  return deeds.length === 0 || deeds.length > 2 ? `do ${calls.length} things` : deeds.join(' and ');
}

interface Deed {
  readonly type:
    'command' | 'change' | 'delete' | 'read' | 'search' | 'fetch' | 'service' | 'mcp' | 'hand' | 'use';
  /** Of a tool, a server or an agent. */
  readonly name: string;
  readonly count: number;
}

function deedOf({ tool, effects }: AskedCall): Deed {
  const of = (...types: readonly string[]) =>
    effects.filter(({ type }) => typeof type === 'string' && types.includes(type));
  const [shell] = of('shell');
  if (shell !== undefined) return { type: 'command', name: '', count: 1 };
  const changed = of('write', 'delete');
  if (changed.length > 0) {
    const type = changed.every((effect) => effect['type'] === 'delete') ? 'delete' : 'change';
    return { type, name: '', count: new Set(changed.map(({ path }) => path)).size };
  }
  const [mcp] = of('mcp');
  if (mcp !== undefined) return { type: 'mcp', name: textIn(mcp, 'server'), count: 1 };
  const [network] = of('network');
  if (network !== undefined) return { type: networkDeed(network), name: '', count: 1 };
  const [delegate] = of('delegate');
  if (delegate !== undefined) return { type: 'hand', name: textIn(delegate, 'agent'), count: 1 };
  const read = of('read', 'list').length;
  return read > 0 ? { type: 'read', name: '', count: read } : { type: 'use', name: tool, count: 1 };
}

function networkDeed({ purpose }: JsonObject): 'search' | 'fetch' | 'service' {
  return purpose === 'search' || purpose === 'service' ? purpose : 'fetch';
}

function sameDeed(one: Deed, other: Deed): boolean {
  return one.type === other.type && one.name === other.name;
}

function deedText({ type, name }: Deed, count: number): string {
  const some = (one: string, noun: string) => (count === 1 ? one : `${count} ${noun}s`);
  switch (type) {
    case 'command':
      return `run ${some('a command', 'command')}`;
    case 'change':
      return `change ${some('1 file', 'file')}`;
    case 'delete':
      return `delete ${some('1 file', 'file')}`;
    case 'read':
      return `read ${some('1 file or folder', 'place')}`;
    case 'search':
      return 'search the web';
    case 'fetch':
      return `open ${some('a web address', 'web addresse')}`;
    case 'service':
      return 'use a service';
    case 'mcp':
      return `use the server ${name}`;
    case 'hand':
      return `hand work to ${name}`;
    case 'use':
      return `use ${name}`;
    default:
      return type satisfies never;
  }
}

function textIn(effect: JsonObject, name: string): string {
  const value = effect[name];
  return typeof value === 'string' ? value : '';
}
