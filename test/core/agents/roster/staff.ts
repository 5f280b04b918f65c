import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json';
import type { RunEvent } from '../../../../src/core/model/events';
import type { RunState } from '../../../../src/core/model/run-state';
import type { ModelSource } from '../../../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../../../src/core/providers/settings/resolve-settings';
import { createRuntime } from '../../../../src/core/runtime';
import type { Runtime } from '../../../../src/core/runtime-port';
import { noRules } from '../../../../src/core/tools/policy/rules';
import { createTestHost, temporaryFolder } from '../../../support/node-host';
import { environmentOf, startVendorServer, type VendorServer } from '../../../support/vendor-servers';
import { serve } from '../../tools/services/service-server';

/** What a model says in one turn: words, a document, or calls of tools. */
export type Turn =
  | string
  | { readonly fails: number }
  | { readonly json: JsonValue }
  | readonly (readonly [string, JsonObject])[];

export interface Staff {
  readonly runtime: Runtime;
  readonly workspace: string;
  /** The first choice, which speaks like Anthropic, and the second, like OpenAI. */
  readonly server: VendorServer;
  readonly second: VendorServer;
  /** What the agent's model says, turn by turn, from now on; what others say stays. */
  says(agent: string, turns: readonly Turn[], from?: { readonly server: VendorServer }): void;
  /** Forgets what was said and asked. */
  forget(): void;
  /** Of each request for this agent: the tools that were offered, and all that was told. */
  requests(agent: string): readonly { readonly tools: readonly string[]; readonly text: string }[];
  run(
    steps: string,
    config?: string,
  ): Promise<{ readonly state: RunState; readonly events: readonly RunEvent[] }>;
  close(): Promise<void>;
}

/** The whole core with a vendor's package, over a server that speaks like the vendor and says what a test says. */
export async function openStaff(): Promise<Staff> {
  const place = await temporaryFolder('baton-staff');
  const workspace = path.join(place.path, 'workspace');
  await mkdir(workspace);
  await writeFile(path.join(workspace, 'notes.md'), '# Notes\n\nThe release is on Friday.\n');
  const [server, second] = [await startVendorServer(), await startVendorServer()];
  const services = await serve(({ url }) =>
    url.pathname.includes('repositories')
      ? { body: { total_count: 0, items: [] } }
      : { body: { results: [] } },
  );
  const environment: Readonly<Record<string, string>> = {
    ...environmentOf({ claude: server, openai: second }),
    XDG_STATE_HOME: path.join(place.path, 'home'),
  };
  const env = (name: string) => environment[name];
  const models: ModelSource = {
    settings: async () =>
      resolveModelSettings({ person: [{ from: 'test', probeLocalServers: false }], workspace: [], env }),
    key: async ({ keyNames }) => keyNames.map(env).find((key) => key !== undefined),
    secret: async () => undefined,
  };
  const addresses = { searxng: services.address, github: services.address };
  const runtime = await createRuntime({
    host: { ...createTestHost(), env },
    workspace,
    stateDirectory: path.join(place.path, 'state'),
    access: 'run',
    owner: { name: 'test' },
    models,
    tools: { settings: async () => ({ rules: noRules, addresses, mcpServers: {}, notes: [] }) },
  });
  const isFor = (agent: string, text: string) => text.includes(`You work as the agent "${agent}".`);
  return {
    runtime,
    workspace,
    server,
    second,
    says(agent, turns, from = { server }) {
      turns.forEach((turn, index) => {
        from.server.mock.on(
          {
            predicate: ({ messages }) =>
              isFor(
                agent,
                JSON.stringify(messages.find(({ role }) => role === 'system')?.content ?? '').replaceAll(
                  '\\"',
                  '"',
                ),
              ) && messages.filter(({ role }) => role === 'assistant').length === index,
          },
          responseOf(turn),
        );
      });
    },
    forget() {
      for (const { mock } of [server, second]) {
        mock.clearFixtures();
        mock.clearRequests();
      }
    },
    requests: (agent) =>
      server.mock
        .getRequests()
        .filter(({ method, body }) => method === 'POST' && body !== null)
        .map(
          ({ body }) =>
            JSON.parse(JSON.stringify(body)) as { tools?: readonly { function?: { name: string } }[] },
        )
        .filter((body) => isFor(agent, JSON.stringify(body).replaceAll('\\"', '"')))
        .map((body) => ({
          tools: (body.tools ?? []).map((tool) => tool.function?.name ?? ''),
          text: JSON.stringify(body).replaceAll('\\"', '"'),
        })),
    async run(steps, config = '') {
      const started = await runtime.start({
        workflow: { text: `name: staff\n${config}steps:\n${steps}`, path: 'staff.baton.yaml' },
        inputs: {},
        mode: 'interactive',
        rehearsal: false,
        by: 'ada',
        trusted: true,
      });
      if ('refusal' in started) throw new Error(started.refusal.message);
      const state = await runtime.whenIdle(started.runId);
      return { state, events: await runtime.events(started.runId) };
    },
    async close() {
      await runtime.close();
      await Promise.all([server.stop(), second.stop(), services.close()]);
      await place.remove();
    },
  };
}

function responseOf(turn: Turn) {
  if (typeof turn === 'string') return { content: turn };
  if ('fails' in turn) return { status: turn.fails, error: { message: 'x', type: 'invalid_request_error' } };
  if ('json' in turn) return { content: JSON.stringify(turn.json) };
  return { toolCalls: turn.map(([name, args]) => ({ name, arguments: JSON.stringify(args) })) };
}
