import { canonicalJson, isJsonObject, type JsonObject } from '../../base/json';
import { hasHidden } from '../policy/visible-text';
import { isNestedBeyond } from './nesting';
import { serverLine, serverWords } from './server-words';
import { safeSchema } from './tool-schema';

/** One tool as its server describes it, made safe to tell others. */
export interface OfferedTool {
  /** As the server knows it. */
  readonly name: string;
  /** The server's own words. */
  readonly description: string;
  readonly parameters: JsonObject;
  /** Of all that the server says the tool is and takes: a decision holds for exactly this. */
  readonly hash: string;
}

/** All that one server offers, and what of it cannot be offered on, one sentence each. */
export interface Listing {
  readonly tools: readonly OfferedTool[];
  readonly faults: readonly string[];
}

/** Of a server's faults so many are told. */
const MOST_FAULTS = 10;
const LONGEST_NAME = 128;
const LONGEST_DESCRIPTION = 1_000;
const DEEPEST = 32;

/** What a list of tools as it came holds. Hints of a server about its own tools ("read only") count for nothing. */
export function readListing(given: readonly unknown[], sha256: (text: string) => string): Listing {
  const tools = new Map<string, OfferedTool>();
  const faults: string[] = [];
  for (const one of given) {
    const tool = readTool(one, sha256);
    if (typeof tool === 'string') faults.push(tool);
    else if (tools.has(tool.name)) faults.push(`names the tool ${tool.name} twice; the first one is taken`);
    else tools.set(tool.name, tool);
  }
  const more = faults.length - MOST_FAULTS;
  return {
    tools: [...tools.values()],
    faults:
      more > 0 ? [...faults.slice(0, MOST_FAULTS), `has ${more} more tools that cannot be used`] : faults,
  };
}

function readTool(given: unknown, sha256: (text: string) => string): OfferedTool | string {
  if (!isJsonObject(given) || isNestedBeyond(given, DEEPEST)) return 'lists something that is no tool';
  const { name, description, inputSchema } = given;
  if (typeof name !== 'string' || name === '') return 'lists a tool without a name';
  if (name.length > LONGEST_NAME || hasHidden(name))
    return `has a tool whose name cannot be used: ${serverLine(name, 80)}`;
  const safe = safeSchema(inputSchema);
  if ('fault' in safe) return `has the tool ${name}, which ${safe.fault}`;
  return {
    name,
    description: typeof description === 'string' ? serverWords(description, LONGEST_DESCRIPTION) : '',
    parameters: safe.schema,
    hash: sha256(canonicalJson({ name, description, inputSchema })),
  };
}
