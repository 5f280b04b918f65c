// Offers two language models to every extension of the editor. Suites in the same extension host write the answers by the
// functions that `activate` gives; stories, which have only the window, write them into the prompt: "Say: ...".
const vscode = require('vscode');

/**
 * What the model does with one request, step by step.
 *
 * @typedef {{ text: string } | { call: { id: string, name: string, input: unknown } } | { wait: 'cancelled' | number }
 *   | { fail: string, code?: 'NoPermissions' | 'Blocked' | 'NotFound' } | { other: true }} Act
 *
 * @typedef {{ model: string, messages: { role: string, parts: unknown[] }[], tools: readonly unknown[], toolMode: number, cancelled: boolean }} Seen
 */

/** @type {Act[][]} */
const scripts = [];
/** @type {Record<string, Act[]>} */
let replies = {};
/** @type {Seen[]} */
const seen = [];
const changed = new vscode.EventEmitter();

const all = [
  { id: 'test-large', name: 'Test Large', family: 'test', maxInputTokens: 200_000 },
  { id: 'test-small', name: 'Test Small', family: 'test', maxInputTokens: 8_000 },
];
/** @type {typeof all} */
let offered = all;

/** @returns {object} what suites in the same extension host steer the models with */
exports.activate = (/** @type {import('vscode').ExtensionContext} */ context) => {
  const provider = {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: () =>
      offered.map((model) => ({
        ...model,
        version: '1',
        maxOutputTokens: 4_000,
        capabilities: { toolCalling: true },
      })),
    provideLanguageModelChatResponse,
    provideTokenCount: (/** @type {unknown} */ _model, /** @type {unknown} */ text) =>
      Promise.resolve(Math.ceil(textOf(text).length / 4)),
  };
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('baton-tests', provider), changed);
  return {
    /** The next request is answered so; without a script a model says what the prompt tells it to say. */
    script: (/** @type {Act[]} */ acts) => scripts.push(acts),
    /** From now on these are the answers to what a model was told last, a prompt or a tool's result. */
    follow: (/** @type {Record<string, Act[]>} */ given) => (replies = given),
    seen,
    reset: () => {
      replies = {};
      scripts.length = 0;
      seen.length = 0;
    },
    offer: (/** @type {string[]} */ ids) => {
      offered = all.filter(({ id }) => ids.includes(id));
      changed.fire(undefined);
    },
  };
};

/**
 * @param {{ id: string }} model
 * @param {readonly { role: number, content: readonly unknown[] }[]} messages
 * @param {{ tools?: readonly unknown[], toolMode: number }} options
 * @param {{ report: (part: unknown) => void }} progress
 * @param {import('vscode').CancellationToken} token
 */
async function provideLanguageModelChatResponse(model, messages, options, progress, token) {
  /** @type {Seen} */
  const request = {
    model: model.id,
    messages: messages.map(({ role, content }) => ({
      role: role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
      parts: content.map(plain),
    })),
    tools: options.tools ?? [],
    toolMode: options.toolMode,
    cancelled: false,
  };
  seen.push(request);
  token.onCancellationRequested(() => (request.cancelled = true));
  for (const act of scripts.shift() ?? replies[lastTold(messages)] ?? said(messages)) {
    if ('text' in act) progress.report(new vscode.LanguageModelTextPart(act.text));
    else if ('call' in act)
      progress.report(
        new vscode.LanguageModelToolCallPart(
          act.call.id,
          act.call.name,
          /** @type {object} */ (act.call.input),
        ),
      );
    else if ('other' in act) reportPicture(progress);
    else if ('wait' in act) await pause(act.wait, token);
    else throw act.code ? vscode.LanguageModelError[act.code](act.fail) : new Error(act.fail);
  }
}

/** A part that is neither text nor a call, in editors that know such parts. @param {{ report: (part: unknown) => void }} progress */
function reportPicture(progress) {
  const known = /** @type {Record<string, (new (...of: unknown[]) => unknown) | undefined>} */ (
    /** @type {unknown} */ (vscode)
  );
  const Picture = known['LanguageModelDataPart'];
  if (Picture) progress.report(new Picture(new Uint8Array([1]), 'image/png'));
}

/** "Say: ..." of the last message, a few words at a time, so that people see it come. @returns {Act[]} */
function said(/** @type {readonly { content: readonly unknown[] }[]} */ messages) {
  const prompt = messages.map(textOf).join('\n');
  const wanted = /Say: ([^\n]+)/.exec(prompt)?.[1] ?? 'I was told nothing to say.';
  const slowly = prompt.includes('Slowly.');
  return wanted
    .split(/(?<=\s)/)
    .flatMap((word) => (slowly ? [{ text: word }, { wait: 120 }] : [{ text: word }]));
}

/** The last text of a conversation, or the last result of a tool. @param {readonly { content: readonly unknown[] }[]} messages */
function lastTold(messages) {
  const last = messages.at(-1)?.content.at(-1);
  if (last instanceof vscode.LanguageModelToolResultPart) return textOf({ content: last.content });
  return last instanceof vscode.LanguageModelTextPart ? last.value : '';
}

/** @param {'cancelled' | number} what @param {import('vscode').CancellationToken} token @returns {Promise<void>} */
function pause(what, token) {
  return new Promise((resolve) => {
    token.onCancellationRequested(() => resolve());
    if (typeof what === 'number') setTimeout(resolve, what);
  });
}

/** @param {unknown} message @returns {string} */
function textOf(message) {
  if (typeof message === 'string') return message;
  const { content } = /** @type {{ content?: unknown }} */ (message ?? {});
  if (!Array.isArray(content)) return '';
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

/** @param {unknown} part */
function plain(part) {
  if (part instanceof vscode.LanguageModelTextPart) return { text: part.value };
  if (part instanceof vscode.LanguageModelToolCallPart)
    return { call: { id: part.callId, name: part.name, input: part.input } };
  if (part instanceof vscode.LanguageModelToolResultPart)
    return { result: { id: part.callId, text: textOf({ content: part.content }) } };
  return {};
}
