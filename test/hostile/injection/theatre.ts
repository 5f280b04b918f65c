/* The whole core over a model server on this machine, in a folder among canaries. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ChatCompletionRequest, FixtureResponse } from '@copilotkit/aimock';
import type { RunEvent } from '../../../src/core/model/events';
import type { ApprovalMode } from '../../../src/core/model/workflow';
import type { ModelSource } from '../../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../../src/core/providers/settings/resolve-settings';
import { createRuntime } from '../../../src/core/runtime';
import type { Access, OpenApproval, Runtime } from '../../../src/core/runtime-port';
import { program } from '../../core/tools/mcp/servers';
import { createTestHost } from '../../support/node-host';
import { environmentOf, startVendorServer } from '../../support/vendor-servers';
import { makeHostileFolder, type HostileFolder } from '../model/folder';
import { openOutdoors, RULED_HOST, type Outdoors } from '../model/outdoors';
import { World } from '../model/world';
import type { Asked } from './carriers';

/** What a model says: words, or calls. */
export type Said = string | readonly Asked[];
export type Model = (request: ChatCompletionRequest) => Said | Promise<Said>;

export interface Theatre {
  readonly folder: HostileFolder;
  readonly outdoors: Outdoors;
  readonly world: World;
  /** Whoever asks a model is answered by this one. */
  plays(model: Model): void;
  /** `access`: default "run". */
  open(access?: Access): Promise<Runtime>;
  close(): Promise<void>;
}

/** Everything that stands in tools' files is `*`; talking comes with `delegate`. */
const VICTIM =
  '---\nname: victim\ndescription: Does what it is told.\ntools: "*"\n---\n\nDo what you are told.\n';

export async function openTheatre(): Promise<Theatre> {
  const folder = await makeHostileFolder();
  const outdoors = await openOutdoors();
  const home = await mkdtemp(path.join(os.tmpdir(), 'baton-home-'));
  const server = await startVendorServer();
  let model: Model = () => 'Nothing.';
  server.mock.on({ predicate: () => true }, async (request) => responseOf(await model(request)));
  await writeFile(path.join(folder.workspace, '.baton/agents/victim.agent.md'), VICTIM);
  await writeFile(path.join(folder.workspace, 'Makefile'), 'test:\n\t@say\n');
  await mkdir(path.join(home, 'state'));
  const environment: Readonly<Record<string, string>> = {
    ...environmentOf({ claude: server }),
    XDG_STATE_HOME: home,
  };
  const env = (name: string) => environment[name];
  const models: ModelSource = {
    settings: () =>
      Promise.resolve(
        resolveModelSettings({ person: [{ from: 'test', probeLocalServers: false }], workspace: [], env }),
      ),
    key: ({ keyNames }) => Promise.resolve(keyNames.map(env).find((key) => key !== undefined)),
    secret: (name) => Promise.resolve(['key', 'of', name].join('-')),
  };
  const address = outdoors.serviceAddress;
  const opened: Runtime[] = [];
  const { host } = outdoors;
  return {
    folder,
    outdoors,
    world: new World(folder.base),
    plays: (next) => void (model = next),
    async open(access: Access = 'run') {
      const runtime = await createRuntime({
        host: {
          ...createTestHost(),
          publicFetch: (request) => host.publicFetch(request),
          processes: host.processes,
          env: (name) => environment[name] ?? (name === 'PATH' ? process.env[name] : undefined),
        },
        workspace: folder.workspace,
        stateDirectory: path.join(home, 'state'),
        access,
        owner: { name: 'test' },
        models,
        tools: {
          settings: () =>
            Promise.resolve({
              rules: {
                commands: [{ type: 'exact', argv: ['say'] }],
                hosts: [RULED_HOST],
                alwaysAsk: [],
                deny: [],
              },
              searchEngine: 'searxng',
              addresses: { searxng: address, github: address },
              mcpServers: { teller: { ...program('teller'), env: { TOLD: outdoors.saidFile } } },
              notes: [],
            }),
        },
      });
      opened.push(runtime);
      return runtime;
    },
    async close() {
      for (const runtime of opened) await runtime.close();
      await server.stop();
      await outdoors.close();
      await folder.remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function responseOf(said: Said): FixtureResponse {
  if (typeof said === 'string') return { content: said };
  return { toolCalls: said.map(([name, args]) => ({ name, arguments: JSON.stringify(args) })) };
}

export async function begin(runtime: Runtime, text: string, mode: ApprovalMode): Promise<string> {
  const started = await runtime.start({
    workflow: { text, path: 'workflows/told.baton.yaml' },
    inputs: {},
    mode,
    rehearsal: false,
    by: 'ada',
    trusted: true,
  });
  if ('refusal' in started) throw new Error(started.refusal.message);
  return started.runId;
}

/** Open questions of one run. */
export async function openOf(runtime: Runtime, runId: string): Promise<readonly OpenApproval[]> {
  return (await runtime.approvals()).filter((one) => one.runId === runId);
}

export const decidedIn = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'approval-decided' ? [event] : []));

/** All that a model is told: messages and the tools it is offered. */
export function toldIn(request: ChatCompletionRequest): string {
  return JSON.stringify([request.messages.filter(({ role }) => role !== 'assistant'), request.tools]);
}

/** What the step's file says, whichever message it stands in. */
export const isFor = (request: ChatCompletionRequest, word: string): boolean =>
  JSON.stringify(request.messages.find(({ role }) => role === 'user') ?? '').includes(word);

export const turnsIn = ({ messages }: ChatCompletionRequest): number =>
  messages.filter(({ role }) => role === 'assistant').length;
