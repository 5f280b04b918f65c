import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/core/base/json';
import { answerFaults } from '../../../../src/core/agents/profile/answer-faults';
import { chooseAgent } from '../../../../src/core/agents/choice/choose-agent';
import { loadProfile } from '../../../../src/core/agents/profile/load-profile';
import type { AgentProfile } from '../../../../src/core/agents/profile/profile';
import { openStaff, type Staff } from './staff';

interface Fixture {
  readonly task: { readonly title: string; readonly prompt: string };
  readonly wrong: { readonly answer: JsonObject; readonly refusedFor: string };
  readonly right: JsonObject;
}

/** What only this agent must be. */
export interface AgentFacts {
  /** Its surest capability. */
  readonly best: string;
  readonly action: string;
  readonly may: readonly string[];
  readonly mayNot: readonly string[];
  /** A sentence of its prompt that keeps it from doing harm. */
  readonly never: RegExp;
}

/** One for all agents of a suite. */
let staff: Promise<Staff> | undefined;
afterAll(async () => {
  await (await staff)?.close();
  staff = undefined;
});

/** A call of a tool that each agent has one of, and that needs nobody's word. */
const CALLS = [
  ['read_file', { path: 'notes.md' }],
  ['github_search_repositories', { query: 'release notes' }],
  ['web_search', { query: 'release notes' }],
] as const;

/** What holds for one agent: its file, its rights, the answers it may give, and the work that finds it. */
export function describeAgent(name: string, facts: AgentFacts): void {
  const file = path.resolve(import.meta.dirname, '../../../fixtures/agents', `${name}.json`);
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

  describe(name, () => {
    it(`is surest of: ${facts.best}`, async () => {
      const { capabilities, prompt } = await profile(name);
      expect(capabilities[0]?.name).toBe(facts.best);
      expect(prompt).toMatch(facts.never);
    });

    it('may use the tools of its work and no stronger ones', async () => {
      const { tools } = await profile(name);
      expect(tools).toEqual(expect.arrayContaining([...facts.may]));
      expect(tools.filter((tool) => facts.mayNot.includes(tool))).toEqual([]);
    });

    it('accepts the right answer to its task', async () => {
      expect(answerFaults(await profile(name), fixture.right)).toEqual([]);
    });

    it(`refuses the wrong one: ${fixture.wrong.refusedFor}`, async () => {
      const faults = answerFaults(await profile(name), fixture.wrong.answer);
      expect(faults.join('; ')).toContain(fixture.wrong.refusedFor);
    });

    it('refuses the right answer with any one part left out or one added', async () => {
      const agent = await profile(name);
      for (const key of Object.keys(fixture.right)) {
        const { [key]: gone, ...rest } = fixture.right;
        expect(gone).toBeDefined();
        expect(answerFaults(agent, rest)).toContain(`output.${key} is missing`);
      }
      expect(answerFaults(agent, { ...fixture.right, extra: 1 })).toContain('output.extra is not expected');
      for (const [key, inner] of Object.entries(fixture.right)) {
        for (const part of partsOf(inner)) {
          const without = { ...fixture.right, [key]: part.without };
          expect(answerFaults(agent, without).join('; '), `${key}.${part.name}`).toContain(
            `${part.name} is missing`,
          );
        }
      }
    });

    it('does its task through the engine: a tool used, its wrong answer mended, its right one taken', async () => {
      const agent = await profile(name);
      const call = CALLS.find(([tool]) => agent.tools.includes(tool));
      if (call === undefined) throw new Error(`${name} has no tool that reads.`);
      const hired = await (staff ??= openStaff());
      hired.forget();
      hired.says(name, [[call], { json: fixture.wrong.answer }, { json: fixture.right }]);
      const { state, events } = await hired.run(
        `  - key: work\n    agent: ${name}\n    prompt: ${JSON.stringify(fixture.task.prompt)}\n`,
      );
      expect(state.steps['work']).toMatchObject({
        status: 'completed',
        output: fixture.right,
        summary: fixture.right['summary'],
      });
      expect(state.tools['work']).toMatchObject([{ agent: name, tool: call[0], status: 'done' }]);
      expect(events.filter(({ type }) => type === 'call-answered')).toHaveLength(3);
      const [first, second, third] = hired.requests(name);
      expect(first?.tools).toEqual(expect.arrayContaining([call[0]]));
      expect(first?.tools.filter((tool) => facts.mayNot.includes(tool))).toEqual([]);
      expect(first?.text).toContain(fixture.task.prompt.slice(0, 40));
      expect(second?.text).toContain(`result of ${call[0]}`);
      expect(third?.text).toContain('That does not fit');
      expect(third?.text).toContain(fixture.wrong.refusedFor);
    });

    it('is chosen for its task by what the task says', () => {
      const choice = chooseAgent({ key: 'step', ...fixture.task });
      expect(choice).toMatchObject({ agent: name });
      expect(['matched', 'inferred']).toContain(choice.how);
    });

    it(`is chosen for its action ${facts.action}`, () => {
      const choice = chooseAgent({ key: 'step', title: 'step', action: facts.action });
      expect(choice).toMatchObject({ agent: name, how: 'inferred' });
      expect(choice.why).toMatch(new RegExp(`^${name}: `));
    });
  });
}

async function profile(name: string): Promise<AgentProfile> {
  const found = await loadProfile(name);
  if (found === undefined) throw new Error(`There is no agent ${name}.`);
  return found;
}

/** The first item of a list, or an object, with each of its parts left out in turn. */
function partsOf(value: JsonValue): { readonly name: string; readonly without: JsonValue }[] {
  if (Array.isArray(value)) {
    const [first, ...others] = value as readonly JsonValue[];
    return first === undefined
      ? []
      : partsOf(first).map(({ name, without }) => ({ name, without: [without, ...others] }));
  }
  if (!isJsonObject(value)) return [];
  return Object.keys(value).map((name) => {
    const { [name]: gone, ...without } = value;
    void gone;
    return { name, without };
  });
}
