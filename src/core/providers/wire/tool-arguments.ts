import { isJsonObject, type JsonObject } from '../../base/json';
import type { ToolDeclaration } from '../provider';
import { failWith } from './fault';

/**
 * Arguments of a tool call, read strictly: whole JSON of one object or nothing. The packages repair what was cut, and a repaired
 * `{"path": "/"}` is not what the model meant.
 * @throws WireFault "malformed-tool-call"
 */
export function toolArguments(given: unknown, name: string, tools: readonly ToolDeclaration[]): JsonObject {
  if (isJsonObject(given)) return given;
  if (typeof given !== 'string') failWith('malformed-tool-call', 'no arguments');
  if (given.trim() === '') {
    // Some servers write nothing where they mean {}; where something is required, nothing means that it got lost.
    const required = tools.find((tool) => tool.name === name)?.parameters['required'];
    if (Array.isArray(required) && required.length > 0) failWith('malformed-tool-call', 'no arguments');
    return {};
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch {
    failWith('malformed-tool-call', 'arguments that are not JSON');
  }
  if (!isJsonObject(parsed)) failWith('malformed-tool-call', 'arguments that are not an object');
  return parsed;
}
