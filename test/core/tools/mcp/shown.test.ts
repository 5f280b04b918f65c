import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json';
import { sha256 } from '../../../../src/core/node-sha256';
import { MCP_LIMITS } from '../../../../src/core/tools/mcp/limits';
import type { McpServer } from '../../../../src/core/tools/mcp/mcp-server';
import { mcpTool } from '../../../../src/core/tools/mcp/mcp-tool';
import { readListing } from '../../../../src/core/tools/mcp/offered-tool';
import { shownHash } from '../../../../src/core/tools/policy/shown-hash';
import { createTestHost } from '../../../support/node-host';
import { scopeOf } from '../web/tool-scope';

const scope = scopeOf(createTestHost());
const ordinary = {
  name: 'send',
  description: 'Sends a text.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
};

/** What a decision about a call would hold for. */
async function hashOf(server: string, listed: JsonObject, args: JsonObject): Promise<string> {
  const [offered] = readListing([listed], sha256).tools;
  if (offered === undefined) throw new Error('The tool cannot be used.');
  const tool = mcpTool('mcp_x_send', offered, { name: server } as McpServer, MCP_LIMITS);
  const { effects, shown } = await tool.prepare(args, scope);
  return shownHash({ tool: tool.declaration.name, effects, shown }, sha256);
}

it('binds a decision to the server, the tool, its words, its schema and the arguments, whichever of them changes', async () => {
  const args = { text: 'hello' };
  const decided = await hashOf('mail', ordinary, args);
  expect(await hashOf('mail', ordinary, { ...args })).toBe(decided);
  const text = fc.string({ minLength: 1, unit: 'binary' });
  const changes: fc.Arbitrary<readonly [string, JsonObject, JsonObject]> = fc.oneof(
    text.map((more) => [`mail${more}`, ordinary, args] as const),
    fc
      .stringMatching(/^[a-z_.-]{1,20}$/)
      .map((more) => ['mail', { ...ordinary, name: `send${more}` }, args] as const),
    fc
      .tuple(text, fc.nat(3_000))
      .map(
        ([more, space]) =>
          ['mail', { ...ordinary, description: `Sends a text.${' '.repeat(space)}${more}` }, args] as const,
      ),
    fc.tuple(fc.constantFrom('default', 'pattern', 'format', 'title', 'x-own', '$comment'), text).map(
      ([word, value]) =>
        [
          'mail',
          {
            ...ordinary,
            inputSchema: { type: 'object', properties: { text: { type: 'string', [word]: value } } },
          },
          args,
        ] as const,
    ),
    text.filter((more) => more !== 'hello').map((more) => ['mail', ordinary, { text: more }] as const),
    fc.jsonValue().map((value) => ['mail', ordinary, { ...args, more: value as JsonValue }] as const),
  );
  const seen = new Map<string, string>([[decided, 'the first one']]);
  await fc.assert(
    fc.asyncProperty(changes, async ([server, listed, given]) => {
      const hash = await hashOf(server, listed, given);
      const what = JSON.stringify([server, listed, given]);
      expect(seen.get(hash) ?? what).toBe(what);
      seen.set(hash, what);
    }),
    { numRuns: 500 },
  );
  expect(seen.size).toBeGreaterThan(200);
});
