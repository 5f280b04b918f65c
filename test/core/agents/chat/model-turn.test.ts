import { describe, expect, it } from 'vitest';
import { askedTurn } from '../../../../src/core/agents/chat/model-turn';
import type { ChatRequest } from '../../../../src/core/providers/provider';
import type { CacheRequest, ResponseCache } from '../../../../src/core/providers/response-cache';
import { sha256 } from '../../../../src/core/node-sha256';
import { answer, ScriptedRouter, task } from '../scripted';

type Request = Omit<ChatRequest, 'model'>;

const plain: Request = { messages: [{ role: 'user', text: 'a' }], tools: [], maxOutputTokens: 100 };
/** Another value of every field that a request may have: a new field without one does not compile. */
const others: { readonly [Field in keyof Required<Request>]: Required<Request>[Field] } = {
  system: 'Be brief.',
  messages: [{ role: 'user', text: 'b' }],
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }],
  toolChoice: 'none',
  output: { name: 'one', schema: { type: 'object' } },
  maxOutputTokens: 200,
  temperature: 0.5,
};
const wish = { needs: { tools: false, structuredOutput: false, context: 0 } };

/** Keys under which answers are looked for and kept. */
async function keysOf(request: Request, chain = [{ provider: 'claude', model: 'claude-test' }]) {
  const keys: string[] = [];
  const cache: ResponseCache = {
    async through(asked: CacheRequest<never>) {
      keys.push(asked.key);
      return asked.ask();
    },
    tally: () => ({ hits: 0, misses: 0 }),
  };
  const router = new ScriptedRouter([answer('x')]);
  router.chain = chain;
  const own = task({ config: { ...task().config, responseCache: true } });
  await askedTurn({ router, sha256, cache }, own, { wish, request });
  return { key: keys[0], recorded: own.calls.recorded[0]?.requestHash };
}

describe('identical requests', () => {
  it.each(Object.keys(others) as (keyof Request)[])('differ once their %s differs', async (field) => {
    const one = await keysOf(plain);
    const other = await keysOf({ ...plain, [field]: others[field] });
    expect(one.key).toBeDefined();
    expect(other.key).not.toBe(one.key);
    // Tools may be others after a restart, and what was recorded still holds.
    if (field === 'tools') expect(other.recorded).toBe(one.recorded);
    else expect(other.recorded).not.toBe(one.recorded);
  });

  it('are those that say the same, whatever the order in which they say it', async () => {
    const reversed = Object.fromEntries(Object.entries({ ...plain, ...others }).reverse()) as unknown;
    expect(await keysOf(reversed as Request)).toEqual(await keysOf({ ...plain, ...others }));
  });

  it('are asked of one model: the answer of another is another', async () => {
    const one = await keysOf(plain);
    const other = await keysOf(plain, [{ provider: 'claude', model: 'claude-other' }]);
    expect(other.key).not.toBe(one.key);
  });
});

describe('signed thoughts in an answer', () => {
  const opaque = {
    provider: 'claude',
    model: 'claude-test',
    isBound: true,
    data: ['of a password'],
  } as const;
  const hide = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('password', '***')) as T;

  it('are left out where something in them had to be hidden: they are no longer what was signed', async () => {
    const router = new ScriptedRouter([
      answer('x', { opaque }),
      answer('x', { opaque: { ...opaque, data: [] } }),
    ]);
    const services = { router, sha256, redact: hide };
    const turn = () => askedTurn(services, task(), { wish, request: plain });
    expect((await turn()).answer.opaque).toBeUndefined();
    expect((await turn()).answer.opaque).toMatchObject({ isBound: true, data: [] });
  });
});
