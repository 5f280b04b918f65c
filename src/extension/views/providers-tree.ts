import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { Log } from '../../core/host';
import type { WindowAgents } from '../agents/window-agents';
import type { LastFaults } from '../models/last-faults';
import { MODEL_SETTINGS } from '../models/read-settings';
import type { ModelsSeen, WindowModels } from '../models/window-models';
import type { ToolsStanding } from '../../core/runtime-port';
import { TOOL_SETTINGS } from '../tools/tool-configuration';
import type { WindowTools } from '../tools/window-tools';
import { notePartsOf } from './note-parts';
import {
  agentItem,
  agentsItem,
  automaticItem,
  factItem,
  factsOfProvider,
  noteItem,
  notesItem,
  providerItem,
  rungItem,
  serverItem,
  serversItem,
  type ProvidersNode,
} from './providers-nodes';

const PROVIDERS_VIEW = 'baton.providers';
/** Changes during a run come by the dozen. */
const CHANGE_INTERVAL = 250;

/** Who can answer, how well, what it costs today, and who does the steps. Read anew when told, never by polling. */
export class ProvidersTree implements vscode.TreeDataProvider<ProvidersNode>, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly view: vscode.TreeView<ProvidersNode>;
  private seen: ModelsSeen | undefined;
  private showsAll = false;
  private hasNotes = false;
  private timer: NodeJS.Timeout | undefined;
  private waking: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly models: WindowModels,
    private readonly agents: WindowAgents,
    private readonly tools: WindowTools,
    private readonly lastFaults: LastFaults,
    private readonly log: Log,
  ) {
    this.view = this.store.add(
      vscode.window.createTreeView(PROVIDERS_VIEW, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.store.add(models.onDidChange(() => this.refresh()));
    this.store.add(agents.onDidChange(() => this.refresh()));
    this.store.add(tools.onDidChange(() => this.refresh()));
    this.store.add(lastFaults.onDidChange(() => this.refresh()));
    this.store.add(
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.refresh();
      }),
    );
  }

  async getChildren(node?: ProvidersNode): Promise<ProvidersNode[]> {
    if (node === undefined) return this.roots();
    switch (node.type) {
      case 'automatic':
        return node.choice.why.map((text, place) => ({ type: 'rung', text, place }));
      case 'provider':
        return factsOfProvider(node.status, node.last).map((fact) => ({
          type: 'fact',
          provider: node.provider,
          fact,
        }));
      case 'servers':
        return node.servers.map((server) => ({ type: 'server', server }));
      case 'notes':
        return node.notes.map((note) => ({ type: 'note', note, parts: notePartsOf(note, KNOWN_SETTINGS) }));
      case 'agents':
        return node.agents.map((agent) => ({ type: 'agent', agent }));
      case 'rung':
      case 'fact':
      case 'server':
      case 'note':
      case 'agent':
        return [];
      default:
        return node satisfies never;
    }
  }

  getTreeItem(node: ProvidersNode): vscode.TreeItem {
    switch (node.type) {
      case 'automatic':
        return automaticItem(node.choice);
      case 'rung':
        return rungItem(node.text, node.place);
      case 'provider':
        return providerItem(node);
      case 'fact':
        return factItem(node.provider, node.fact);
      case 'notes':
        return notesItem(node.notes);
      case 'note':
        return noteItem(node);
      case 'servers':
        return serversItem(node.servers);
      case 'server':
        return serverItem(node.server);
      case 'agents':
        return agentsItem(node.agents);
      case 'agent':
        return agentItem(node.agent);
      default:
        return node satisfies never;
    }
  }

  /** Everything is listed from now on, also while nothing is set up. */
  showAll(): void {
    this.showsAll = true;
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.waking);
    this.store.dispose();
  }

  private async roots(): Promise<ProvidersNode[]> {
    try {
      this.seen = await this.models.see();
    } catch (error) {
      this.log.error('The providers could not be read.', error);
      if (this.seen === undefined) throw error;
    }
    const { providers, automatic } = this.seen;
    const { servers, notes: aboutTools } = await this.standing();
    const notes = [...new Set([...this.seen.notes, ...aboutTools])];
    const faults = new Map(providers.map(({ name }) => [name, this.lastFaults.of(name)]));
    this.wakeAt(providers.map(({ name, until }) => until ?? faults.get(name)?.until ?? 0));
    // While nothing is set up, the welcome text says how to; it stands only in an empty view.
    const isSetUp = automatic.model !== undefined || providers.some(({ state }) => !isUntouched(state));
    this.tellNotes(notes.length > 0 || servers.some(({ faults }) => faults.length > 0));
    if (!isSetUp && !this.showsAll) return [];
    return [
      { type: 'automatic', choice: automatic },
      ...providers.map((status): ProvidersNode => {
        const last = faults.get(status.name);
        return { type: 'provider', provider: status.name, status, ...(last !== undefined && { last }) };
      }),
      ...(notes.length > 0 ? [{ type: 'notes', notes } satisfies ProvidersNode] : []),
      ...(servers.length > 0 ? [{ type: 'servers', servers } satisfies ProvidersNode] : []),
      { type: 'agents', agents: await this.agents.list() },
    ];
  }

  /** Without tools there are still providers to show. */
  private async standing(): Promise<ToolsStanding> {
    try {
      return await this.tools.see();
    } catch (error) {
      this.log.error('The settings of tools could not be read.', error);
      return { servers: [], notes: [], asksEverything: false };
    }
  }

  /** For the welcome text, which stands where nothing is set up and hides the rows. */
  private tellNotes(hasNotes: boolean): void {
    if (this.hasNotes === hasNotes) return;
    this.hasNotes = hasNotes;
    void vscode.commands.executeCommand('setContext', 'baton.hasNotes', hasNotes);
  }

  private refresh(): void {
    // Nothing is read for a view that nobody sees.
    if (!this.view.visible) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, CHANGE_INTERVAL);
  }

  /** A provider is ready again when its time has come, and nobody tells that. */
  private wakeAt(times: readonly number[]): void {
    clearTimeout(this.waking);
    const next = Math.min(...times.filter((at) => at > Date.now()));
    if (Number.isFinite(next))
      this.waking = setTimeout(() => this.refresh(), Math.min(next - Date.now() + 50, 2 ** 31 - 1));
  }
}

/** Settings that a note may be about, without "baton.". */
const KNOWN_SETTINGS: readonly string[] = [...MODEL_SETTINGS, ...TOOL_SETTINGS];

/** As it is before anybody did anything. */
function isUntouched(state: string): boolean {
  return state === 'no-key' || state === 'no-models' || state === 'no-consent' || state === 'disabled';
}
