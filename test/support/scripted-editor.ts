import type { ChatAnswer, ChatOptions, ChatRequest } from '../../src/core/providers/provider';
import type { EditorModels, ModelSource } from '../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../src/core/providers/settings/resolve-settings';
import type { SettingsLayer } from '../../src/core/providers/settings/settings-layer';

export type EditorScript = (
  request: ChatRequest,
  number: number,
  options: ChatOptions,
) => string | Promise<string>;

/** An editor whose one model answers as the script says. */
export class ScriptedEditor {
  readonly asked: ChatRequest[] = [];

  constructor(private readonly script: EditorScript = () => 'It is so. Really.') {}

  readonly models: EditorModels = {
    name: 'vscode',
    standing: async () => ({ state: 'ready', model: 'house-model', offered: 1 }),
    chat: (request, options) => this.chat(request, options),
    healthCheck: async () => ({ latencyMs: 1, detail: '1 model offered' }),
    models: async () => [{ id: 'house-model' }],
  };

  /** Lent to a runtime; the model costs a dollar for a million tokens in, ten for a million out. */
  source(more: Partial<SettingsLayer> = {}, secrets: Readonly<Record<string, string>> = {}): ModelSource {
    const prices = { 'vscode/house-model': { input: 1, output: 10 } };
    return {
      settings: async () =>
        resolveModelSettings({
          person: [{ from: 'test', probeLocalServers: false, prices, ...more }],
          workspace: [],
          env: () => undefined,
        }),
      key: async () => undefined,
      secret: async (name) => secrets[name],
      editorModels: this.models,
    };
  }

  private async chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer> {
    this.asked.push(request);
    const text = await this.script(request, this.asked.length, options);
    options.signal.throwIfAborted();
    options.onEvent?.({ type: 'text', text });
    return {
      finish: 'complete',
      rawFinish: 'stop',
      text,
      toolCalls: [],
      usage: { inputTokens: 100, outputTokens: 20, estimated: false },
      model: 'house-model',
    };
  }
}
