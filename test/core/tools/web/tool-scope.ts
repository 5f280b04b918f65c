import type { Host } from '../../../../src/core/host';
import type { PreparedCall, Tool, ToolOutcome, ToolScope } from '../../../../src/core/tools/tool';
import type { JsonObject } from '../../../../src/core/base/json';

export interface TestScope extends ToolScope {
  /** What tools put into the store, by path. */
  readonly artifacts: ReadonlyMap<string, string>;
}

export function scopeOf(host: Host): TestScope {
  const artifacts = new Map<string, string>();
  return {
    host,
    artifacts,
    workspace: '/workspace',
    mark: 'run/step/1',
    putArtifact: (path, mediaType, data) => {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
      artifacts.set(path, text);
      return Promise.resolve({
        path,
        mediaType,
        size: text.length,
        hash: host.sha256(text),
      });
    },
  };
}

/** Prepares a call and does it at once. */
export async function call(
  tool: Tool,
  args: JsonObject,
  scope: ToolScope,
  signal: AbortSignal = new AbortController().signal,
): Promise<ToolOutcome & { readonly prepared: PreparedCall }> {
  const prepared = await tool.prepare(args, scope);
  return { ...(await prepared.run({ signal, onText: () => {} })), prepared };
}
