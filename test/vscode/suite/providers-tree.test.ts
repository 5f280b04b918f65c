import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RunEvent } from '../../../src/core/model/events';
import type { CallFault } from '../../../src/core/model/model-call';
import type { ProviderStatus } from '../../../src/core/runtime-port';
import type { ModelsSeen } from '../../../src/extension/models/window-models';
import { LastFaults } from '../../../src/extension/models/last-faults';
import { notePartsOf } from '../../../src/extension/views/note-parts';
import {
  factsOfProvider,
  noteItem,
  providerContext,
  providerItem,
  serverItem,
  serversItem,
} from '../../../src/extension/views/providers-nodes';
import type { ProvidersNode } from '../../../src/extension/views/providers-nodes';
import { test } from './harness';
import { baton, label, write } from './support';
import { testModels } from './test-models';

const status = (more: Partial<ProviderStatus> = {}): ProviderStatus => ({
  name: 'claude',
  title: 'Claude',
  enabled: true,
  priority: 1,
  state: 'ready',
  detail: 'Ready: key in secret storage.',
  model: 'claude-large',
  keyFrom: 'secret storage',
  requestsPerMinute: 0,
  today: { calls: 0, usd: 0, tokens: 0, estimated: false },
  ...more,
});

const item = (more: Partial<ProviderStatus> = {}) =>
  providerItem({ type: 'provider', provider: 'claude', status: status(more) });

async function texts(nodes: readonly ProvidersNode[]): Promise<readonly string[]> {
  const { tree } = (await baton()).models;
  return nodes.map((node) => {
    const row = tree.getTreeItem(node);
    return [label(row), String(row.description ?? '')].filter(Boolean).join(' | ');
  });
}

test('a provider tells how it does, in one line and to a screen reader', () => {
  const busy = item({
    latencyMs: 419.6,
    errorRate: 0.021,
    requestsPerMinute: 3,
    today: { calls: 12, usd: 0.12, tokens: 34_000, estimated: true },
  });
  assert.equal(busy.description, 'ready · 420 ms · 2 % errors · 3/min · ~$0.12 today');
  assert.equal(
    busy.accessibilityInformation?.label,
    'Claude, ready · 420 ms · 2 % errors · 3/min · ~$0.12 today. Ready: key in secret storage.',
  );
  assert.equal(item().description, 'ready');
  const facts = factsOfProvider(status({ address: 'localhost:1234' })).map(
    ({ name, value }) => `${name}: ${value}`,
  );
  assert.deepEqual(facts, [
    'State: Ready: key in secret storage.',
    'Model: claude-large',
    'Key: secret storage',
    'Address: localhost:1234',
    'Priority: 1 (the smallest is asked first)',
  ]);
});

test('what is unpriced never costs $0.00', () => {
  const free = { calls: 2, usd: 0, tokens: 1_200, estimated: false };
  const unpriced = { ...free, unpriced: true } as const;
  assert.equal(item({ today: unpriced }).description, 'ready · 1.2k tokens today');
  const told = (today: ProviderStatus['today']) => JSON.stringify(factsOfProvider(status({ today })));
  assert.match(told(unpriced), /2 calls · 1\.2k tokens · no known price/);
  assert.match(told(free), /2 calls · 1\.2k tokens · costs nothing/);
  assert.match(told({ ...unpriced, usd: 0.5 }), /\$0\.50 \+ unpriced/);
});

test('every state has a word and an icon of its own, and offers its fix', () => {
  const states = [
    'ready',
    'disabled',
    'no-key',
    'refused-key',
    'no-money',
    'cooling-down',
    'circuit-open',
    'unreachable',
    'no-models',
    'no-consent',
  ] as const;
  const rows = states.map((state) => item({ state, until: Date.now() + 5_000 }));
  assert.equal(new Set(rows.map(({ description }) => description)).size, states.length);
  const icons = rows.map(({ iconPath }) => (iconPath as vscode.ThemeIcon).id);
  // Both cannot be reached now; their words tell which.
  assert.equal(new Set(icons).size, states.length - 1);
  assert.match(
    String(item({ state: 'cooling-down', until: Date.now() }).description),
    /until \d\d:\d\d:\d\d/,
  );
  assert.match(
    providerContext(status({ state: 'no-key', fix: 'set-key' })),
    /\bfix-set-key\b.*\bcanSetKey\b/,
  );
  assert.doesNotMatch(providerContext(status({ state: 'no-key' })), /canTest|canChoose/);
  assert.match(providerContext(status({ enabled: false, state: 'disabled' })), /canEnable/);
  assert.doesNotMatch(providerContext(status({ name: 'vscode' })), /canSetKey/);
});

test('a provider whose last request failed is not told as if nothing had been', () => {
  const last = { fault: 'network', at: Date.now(), until: Date.now() + 60_000 } as const;
  const failed = providerItem({ type: 'provider', provider: 'claude', status: status(), last });
  assert.equal(failed.description, 'last request: no connection');
  assert.equal((failed.iconPath as vscode.ThemeIcon).id, 'warning');
  assert.match(String(failed.contextValue), /\bfix-try-now\b/);
  assert.match(JSON.stringify(factsOfProvider(status(), last)), /"Last request","value":"no connection, /);
  const cooling = status({ state: 'cooling-down' });
  assert.equal(
    providerItem({ type: 'provider', provider: 'claude', status: cooling, last }).description,
    'cooling down',
    'what stands in its way now says more',
  );
});

test('the last fault of a provider is told until it answers, or time has passed', () => {
  const events = new vscode.EventEmitter<{ readonly event: RunEvent }>();
  let now = 1_000;
  const faults = new LastFaults(events.event, () => now);
  const at = { runId: 'r', seq: 1, step: 'a', attempt: 1, call: 1 };
  const model = { provider: 'claude', model: 'claude-large' };
  const fails = (fault: CallFault) =>
    events.fire({
      event: { ...at, type: 'call-failed', at: now, model, fault, message: 'No.', next: 'fallback' },
    });
  fails('content-blocked');
  assert.equal(faults.of('claude'), undefined, 'a fault of the request says nothing about its provider');
  fails('overloaded');
  assert.equal(faults.of('claude')?.fault, 'overloaded');
  const usage = { inputTokens: 1, outputTokens: 1, estimated: false };
  const answered = { requestHash: 'h', answer: null, usage, latencyMs: 1 };
  events.fire({ event: { ...at, type: 'call-answered', at: now, model, ...answered, cached: true } });
  assert.equal(faults.of('claude')?.fault, 'overloaded', 'an answer from the cache is not its own');
  events.fire({ event: { ...at, type: 'call-answered', at: now, model, ...answered } });
  assert.equal(faults.of('claude'), undefined);
  fails('server');
  now += 5 * 60_000;
  assert.equal(faults.of('claude'), undefined);
  faults.dispose();
  events.dispose();
});

test('servers of tools and notes about settings say first what they are about, and lead to where it is mended', () => {
  const shown = [
    serverItem({ name: 'wiki', faults: [] }),
    serverItem({ name: 'wiki', tools: 1, faults: [] }),
    serverItem({ name: 'wiki', tools: 0, faults: ['failed: no such program', 'has no tools'] }),
  ];
  assert.deepEqual(
    shown.map(({ description }) => description),
    ['starts when a step needs it', '1 tool', 'failed: no such program'],
  );
  assert.deepEqual(
    shown.map(({ contextValue }) => contextValue),
    ['server', 'server', 'server fix-ask'],
  );
  assert.equal(serversItem([{ name: 'wiki', faults: ['failed'] }]).description, '1 of 1 with a fault');
  const note = '.vscode/settings.json: "baton.policy.commands" is ignored: a folder cannot set it.';
  const parts = notePartsOf(note, ['policy.commands']);
  const row = noteItem({ type: 'note', note, parts });
  assert.deepEqual(
    [row.label, row.description, row.contextValue],
    ['policy.commands', 'is ignored: a folder cannot set it.', 'note hasSetting hasFile'],
  );
  assert.equal(row.command?.command, 'baton.note.show');
});

test('what settings of tools get no effect stands in the view while it is written, and no server is started for it', async () => {
  const { models, windowTools } = await baton();
  models.tree.showAll();
  const notes = async () => (await windowTools.see()).notes.join('\n');
  const until = (holds: (notes: string) => boolean, change: () => Promise<unknown>) =>
    new Promise<void>((resolve, reject) => {
      const look = async () => {
        if (!holds(await notes())) return;
        listening.dispose();
        resolve();
      };
      const listening = windowTools.onDidChange(() => void look().catch(reject));
      change().then(look).catch(reject);
    });
  const text = '{ "baton.policy.commands": [] }';
  let uri: vscode.Uri | undefined;
  await until(
    (told) => told.includes('"baton.policy.commands" is ignored'),
    async () => (uri = await write('.vscode/settings.json', text)),
  );
  assert.deepEqual((await windowTools.see()).servers, []);
  const shown = await texts(await models.tree.getChildren());
  assert.ok(shown.includes('1 note about settings'), shown.join(', '));
  await until(
    (told) => told === '',
    async () => uri && vscode.workspace.fs.delete(uri),
  );
});

test('the view shows the automatic choice, the providers and the agents, and follows the editor’s models', async () => {
  await testModels();
  const { models } = await baton();
  const { tree, editorModels, window } = models;
  models.consent.personActs();
  tree.showAll();
  await window.current().refresh();
  const roots = await tree.getChildren();
  const shown = await texts(roots);
  assert.equal(shown[0], 'Automatic: VS Code | test-large');
  assert.deepEqual(
    shown.slice(1).map((text) => text.replace(/ · .*/, '')),
    ['Claude | no key', 'Gemini | no key', 'OpenAI | no key', 'VS Code | ready', 'Agents | 28'],
  );
  const [automatic] = roots;
  assert.ok(automatic);
  assert.deepEqual((await texts(await tree.getChildren(automatic))).slice(0, 3), [
    'Claude: no key',
    'Gemini: no key',
    'OpenAI: no key',
  ]);
  assert.equal((await editorModels.standing()).state, 'ready');

  const agents = roots.at(-1);
  assert.ok(agents);
  const rows = await texts(await tree.getChildren(agents));
  assert.ok(rows.some((row) => row.startsWith('quality | works without a model · ')));
  assert.ok(rows.some((row) => row.startsWith('backend | Builds server-side code')));
});

test('a stored key makes its provider ready at once, from the secret storage', async () => {
  const { models } = await baton();
  const { window, keys, tree } = models;
  const ready = async (): Promise<boolean> => {
    const seen: ModelsSeen = await window.see();
    const claude = seen.providers.find(({ name }) => name === 'claude');
    return claude?.state === 'ready' && claude.keyFrom === 'secret storage';
  };
  await window.see();
  const changed = new Promise<void>((resolve) => {
    const listening = window.onDidChange(() => {
      void ready().then((is) => {
        if (!is) return;
        listening.dispose();
        resolve();
      });
    });
  });
  await keys.storeKey('claude', 'key-for-tests');
  await changed;
  const [first] = await texts(await tree.getChildren());
  assert.match(first ?? '', /^Automatic: Claude \| claude-/);
  await keys.removeKey('claude');
});
