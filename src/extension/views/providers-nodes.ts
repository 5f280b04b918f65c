import * as vscode from 'vscode';
import { localActions } from '../../core/agents/local-actions';
import { faultNoun, providerTitle } from '../../core/model/fault-words';
import { formatCost, formatTokens } from '../../core/model/spending-words';
import type { AutomaticChoice, ProviderStatus, ToolsStanding } from '../../core/runtime-port';
import type { SeenAgent } from '../agents/window-agents';
import { formatLatency, providerLine, providerLook } from '../models/provider-words';
import type { LastFault } from '../models/last-faults';
import { count, fitMiddle, formatTime } from '../words';
import type { NoteParts } from './note-parts';

/** A row of the view of agents and providers. */
export type ProvidersNode =
  | { readonly type: 'automatic'; readonly choice: AutomaticChoice }
  | { readonly type: 'rung'; readonly text: string; readonly place: number }
  | ProviderNode
  | { readonly type: 'fact'; readonly provider: string; readonly fact: Fact }
  | { readonly type: 'servers'; readonly servers: readonly SeenServer[] }
  | { readonly type: 'server'; readonly server: SeenServer }
  | { readonly type: 'notes'; readonly notes: readonly string[] }
  | NoteNode
  | { readonly type: 'agents'; readonly agents: readonly SeenAgent[] }
  | { readonly type: 'agent'; readonly agent: SeenAgent };

export interface ProviderNode {
  readonly type: 'provider';
  readonly provider: string;
  readonly status: ProviderStatus;
  /** What its last request came to, when that failed. */
  readonly last?: LastFault;
}

export interface NoteNode {
  readonly type: 'note';
  readonly note: string;
  readonly parts: NoteParts;
}

export type SeenServer = ToolsStanding['servers'][number];

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly icon: string;
}

/** Names of servers may be long, and differ in their ends: the state beside them must stay in sight. */
const LONGEST_TITLE = 18;

/** Who is asked when a step names nobody, and the rung that decided it. */
export function automaticItem({ model, why }: AutomaticChoice): vscode.TreeItem {
  const label =
    model === undefined
      ? vscode.l10n.t('Automatic: local engine')
      : vscode.l10n.t('Automatic: {0}', providerTitle(model.provider));
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const detail = model === undefined ? vscode.l10n.t('no model is set up') : model.model;
  item.id = 'automatic';
  item.iconPath = new vscode.ThemeIcon(model === undefined ? 'checklist' : 'sparkle');
  item.description = detail;
  item.tooltip = new vscode.MarkdownString()
    .appendMarkdown(`${vscode.l10n.t('Who answers when a step names nobody:')}\n\n`)
    .appendText(why.join('\n'));
  item.contextValue = 'automatic';
  item.accessibilityInformation = { label: `${label}, ${detail}. ${why.join('. ')}` };
  return item;
}

export function rungItem(text: string, place: number): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.id = `rung:${place}:${text}`;
  item.tooltip = text;
  return item;
}

export function providerItem({ provider, status, last }: ProviderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    fitMiddle(status.title, LONGEST_TITLE),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  const look = providerLook(status, last);
  const line = providerLine(status, last);
  item.id = `provider:${provider}`;
  item.iconPath = look.icon;
  item.description = line;
  item.tooltip = new vscode.MarkdownString()
    .appendMarkdown('**')
    .appendText(status.title)
    .appendMarkdown('** · ')
    .appendText(line)
    .appendMarkdown('\n\n')
    .appendText(status.detail);
  item.contextValue = providerContext(status, last);
  item.accessibilityInformation = { label: `${status.title}, ${line}. ${status.detail}` };
  return item;
}

/** Words that the menus of package.json look for: "provider fix-set-key canSetKey canTest". */
export function providerContext(status: ProviderStatus, last?: LastFault): string {
  const isEditor = status.name === 'vscode';
  const { state, fix, enabled, keyFrom } = status;
  return [
    'provider',
    fix !== undefined && `fix-${fix}`,
    state === 'ready' && last !== undefined && 'fix-try-now',
    !isEditor && enabled && 'canSetKey',
    keyFrom === 'secret storage' && 'canRemoveKey',
    state !== 'disabled' && state !== 'no-key' && state !== 'no-consent' && 'canChoose',
    state !== 'disabled' && state !== 'no-key' && state !== 'no-consent' && 'canTest',
    enabled ? 'canDisable' : 'canEnable',
  ]
    .filter(Boolean)
    .join(' ');
}

/** What there is to know about a provider, the reason of its state first. */
export function factsOfProvider(status: ProviderStatus, last?: LastFault): readonly Fact[] {
  const { latencyMs, errorRate, requestsPerMinute, today } = status;
  const facts: (Fact | undefined)[] = [
    { name: vscode.l10n.t('State'), value: status.detail, icon: 'info' },
    last === undefined
      ? undefined
      : {
          name: vscode.l10n.t('Last request'),
          value: `${faultNoun(last.fault)}, ${formatTime(last.at)}`,
          icon: 'warning',
        },
    status.model === undefined
      ? undefined
      : { name: vscode.l10n.t('Model'), value: status.model, icon: 'hubot' },
    status.keyFrom === undefined
      ? undefined
      : { name: vscode.l10n.t('Key'), value: status.keyFrom, icon: 'key' },
    status.address === undefined
      ? undefined
      : { name: vscode.l10n.t('Address'), value: status.address, icon: 'globe' },
    latencyMs === undefined
      ? undefined
      : { name: vscode.l10n.t('Latency'), value: formatLatency(latencyMs), icon: 'dashboard' },
    errorRate === undefined
      ? undefined
      : {
          name: vscode.l10n.t('Errors'),
          value: vscode.l10n.t('{0} % of the last requests', Math.round(errorRate * 100)),
          icon: 'warning',
        },
    requestsPerMinute === 0
      ? undefined
      : {
          name: vscode.l10n.t('Requests'),
          value: vscode.l10n.t('{0} in the last minute', requestsPerMinute),
          icon: 'pulse',
        },
    today.calls === 0 ? undefined : { name: vscode.l10n.t('Today'), value: spentToday(today), icon: 'graph' },
    {
      name: vscode.l10n.t('Priority'),
      value: vscode.l10n.t('{0} (the smallest is asked first)', status.priority),
      icon: 'list-ordered',
    },
  ];
  return facts.filter((fact) => fact !== undefined);
}

export function factItem(provider: string, { name, value, icon }: Fact): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.id = `fact:${provider}:${name}`;
  item.description = value;
  item.tooltip = `${name}: ${value}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.accessibilityInformation = { label: `${name}: ${value}` };
  return item;
}

/** The person's MCP servers; what is wrong with them is told without opening it. */
export function serversItem(servers: readonly SeenServer[]): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Tool Servers'), vscode.TreeItemCollapsibleState.Collapsed);
  const faulty = servers.filter(({ faults }) => faults.length > 0).length;
  const told =
    faulty === 0 ? String(servers.length) : vscode.l10n.t('{0} of {1} with a fault', faulty, servers.length);
  item.id = 'servers';
  item.iconPath = faulty === 0 ? new vscode.ThemeIcon('plug') : attention();
  item.description = told;
  item.tooltip = vscode.l10n.t(
    'MCP servers that you set up. Their tools are there for agents; each call is asked.',
  );
  item.contextValue = 'servers';
  item.accessibilityInformation = { label: vscode.l10n.t('Tool servers: {0}', told) };
  return item;
}

export function serverItem({ name, tools, faults }: SeenServer): vscode.TreeItem {
  const item = new vscode.TreeItem(fitMiddle(name, LONGEST_TITLE));
  const [fault] = faults;
  const told =
    fault ??
    (tools === undefined
      ? vscode.l10n.t('starts when a step needs it')
      : count(tools, vscode.l10n.t('1 tool'), vscode.l10n.t('{0} tools', tools)));
  item.id = `server:${name}`;
  item.iconPath =
    fault !== undefined
      ? attention()
      : tools === undefined
        ? new vscode.ThemeIcon('circle-large-outline', new vscode.ThemeColor('disabledForeground'))
        : new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  item.description = told;
  item.tooltip = [`${name}: ${told}`, ...faults.slice(1)].join('\n');
  item.contextValue = fault === undefined ? 'server' : 'server fix-ask';
  item.accessibilityInformation = { label: `${name}: ${[told, ...faults.slice(1)].join('. ')}` };
  return item;
}

export function notesItem(notes: readonly string[]): vscode.TreeItem {
  const text = count(
    notes.length,
    vscode.l10n.t('1 note about settings'),
    vscode.l10n.t('{0} notes about settings', notes.length),
  );
  const item = new vscode.TreeItem(text, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = 'notes';
  item.iconPath = attention();
  item.tooltip = notes.join('\n');
  return item;
}

/** What it is about first: a row is narrow. Choosing it goes to where it is written, else to the setting. */
export function noteItem(node: NoteNode): vscode.TreeItem {
  const { note, parts } = node;
  const { setting, file, text } = parts;
  const item = new vscode.TreeItem(setting?.replace(/^baton\./, '') ?? file ?? text);
  item.id = `note:${note}`;
  if (setting !== undefined) item.description = text.replace(/^"[^"]*" /, '');
  else if (file !== undefined) item.description = text;
  item.tooltip = note;
  item.contextValue = ['note', setting !== undefined && 'hasSetting', file !== undefined && 'hasFile']
    .filter(Boolean)
    .join(' ');
  item.accessibilityInformation = { label: note };
  if (setting !== undefined || file !== undefined)
    item.command = { command: 'baton.note.show', title: vscode.l10n.t('Show'), arguments: [node] };
  return item;
}

export function agentsItem(agents: readonly SeenAgent[]): vscode.TreeItem {
  const own = agents.filter(({ file }) => file !== undefined).length;
  const item = new vscode.TreeItem(vscode.l10n.t('Agents'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = 'agents';
  item.iconPath = new vscode.ThemeIcon('organization');
  item.description =
    own === 0 ? String(agents.length) : vscode.l10n.t('{0}, {1} of your files', agents.length, own);
  item.tooltip = vscode.l10n.t('Whom a step can name with "agent:".');
  item.accessibilityInformation = { label: vscode.l10n.t('{0} agents', agents.length) };
  return item;
}

export function agentItem(agent: SeenAgent): vscode.TreeItem {
  const { name, description, aliases, source, file, replaces } = agent;
  const item = new vscode.TreeItem(name);
  const actions = localActions.filter((action) => action.agent === name).map((action) => action.name);
  const mark = actions.length > 0 ? vscode.l10n.t('works without a model') : '';
  item.id = `agent:${name}:${file?.toString() ?? ''}`;
  item.iconPath = new vscode.ThemeIcon(
    file !== undefined ? 'account' : actions.length > 0 ? 'checklist' : 'person',
  );
  const from = file === undefined ? '' : source;
  item.description = [from, mark, description].filter(Boolean).join(' · ');
  const tooltip = new vscode.MarkdownString().appendText(description);
  if (actions.length > 0)
    tooltip.appendMarkdown(`\n\n${vscode.l10n.t('Without a model:')} `).appendText(actions.join(', '));
  if (aliases.length > 0)
    tooltip.appendMarkdown(`\n\n${vscode.l10n.t('Also called:')} `).appendText(aliases.join(', '));
  if (file !== undefined) {
    tooltip.appendMarkdown('\n\n').appendText(source);
    if (replaces === true)
      tooltip.appendMarkdown(`\n\n${vscode.l10n.t("It takes the place of Baton's own agent of this name.")}`);
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [file] };
  }
  item.tooltip = tooltip;
  item.contextValue = 'agent';
  item.accessibilityInformation = { label: [name, from, mark, description].filter(Boolean).join(', ') };
  return item;
}

function spentToday({ calls, tokens, usd, estimated, unpriced }: ProviderStatus['today']): string {
  return [
    count(calls, vscode.l10n.t('1 call'), vscode.l10n.t('{0} calls', calls)),
    vscode.l10n.t('{0} tokens', formatTokens(tokens)),
    usd > 0
      ? formatCost({ usd, estimated, unpriced: unpriced === true })
      : unpriced
        ? vscode.l10n.t('no known price')
        : vscode.l10n.t('costs nothing'),
  ].join(' · ');
}

function attention(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
}
