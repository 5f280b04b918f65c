import type { FileChange, ToolCall } from '../../src/core/model/tool-call';

/** Files that calls of a step changed and that are as before again, because they were taken back or changed back. */
export function putBack(calls: readonly ToolCall[], changes: readonly FileChange[]): readonly string[] {
  const left = new Set(changes.map(({ path }) => path));
  const touched = new Set(calls.flatMap((call) => call.changes ?? []).map(({ path }) => path));
  return [...touched].filter((path) => !left.has(path));
}
