import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../../../src/core/base/json';
import { chooseAgent } from '../../../../src/core/agents/choice/choose-agent';
import { loadProfile } from '../../../../src/core/agents/profile/load-profile';
import type { AgentProfile } from '../../../../src/core/agents/profile/profile';
import { knownAgents, resolveAgent } from '../../../../src/core/agents/roster';
import { resolveAction, localActions } from '../../../../src/core/agents/local-actions';
import { TOOL_NAMES } from '../../../../src/core/agents/profile/tool-names';

const all = await Promise.all(knownAgents.map(({ name }) => loaded(name)));

describe('the roster', () => {
  it('has twenty-eight agents, each with a whole profile', () => {
    expect(all).toHaveLength(28);
    expect(all.map(({ name }) => name)).toEqual(knownAgents.map(({ name }) => name));
  });

  it('has a fixture task for each agent and for nobody else', () => {
    const files = readdirSync(path.resolve(import.meta.dirname, '../../../fixtures/agents'));
    expect(files.sort()).toEqual(all.map(({ name }) => `${name}.json`).sort());
  });

  it('weighs little: all files together are well under 150 kB', () => {
    const bytes = all.reduce((sum, { prompt }) => sum + Buffer.byteLength(prompt), 0);
    expect(bytes).toBeLessThan(100_000);
    for (const { name, prompt } of all) {
      expect(prompt.length, name).toBeGreaterThan(1_500);
      expect(prompt.length, name).toBeLessThan(5_000);
    }
  });

  it('loads the prompts only when one is asked for', () => {
    const roster = path.resolve(import.meta.dirname, '../../../../src/core/agents');
    const early = [
      'roster',
      'choice/choose-agent',
      'choice/capability-match',
      'choice/words',
      'profile/tool-names',
    ];
    for (const file of early)
      expect(readFileSync(path.join(roster, `${file}.ts`), 'utf8'), file).not.toMatch(
        /agent-files|load-profile|front-matter/,
      );
    expect(readFileSync(path.join(roster, 'profile/load-profile.ts'), 'utf8')).toContain(
      "await import('../roster/agent-files')",
    );
  });

  it('reads each profile once', async () => {
    expect(await loadProfile('security')).toBe(await loadProfile('security'));
    expect(await loadProfile('wizard')).toBeUndefined();
    expect(await loadProfile('__proto__')).toBeUndefined();
  });

  it('has no two agents that share over 40 % of their sentences', () => {
    const sentences = all.map(({ name, prompt }) => ({ name, sentences: sentencesOf(prompt) }));
    let most = 0;
    for (const one of sentences) {
      expect(one.sentences.size, one.name).toBeGreaterThan(15);
      for (const other of sentences) {
        if (one === other) continue;
        const shared = [...one.sentences].filter((sentence) => other.sentences.has(sentence)).length;
        most = Math.max(most, shared / Math.min(one.sentences.size, other.sentences.size));
      }
    }
    expect(most).toBeLessThan(0.1);
  });

  it('tells in each prompt the scope, the inputs, the way, the result, when to ask, and what never to do', () => {
    for (const { name, prompt } of all) {
      const headings = [...prompt.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
      expect(headings, name).toEqual([
        'Scope',
        'What you get',
        'How you work',
        'What you give back',
        'Stop and ask',
        'Never',
      ]);
      expect([...prompt.matchAll(/^\d+\. /gm)].length, name).toBeGreaterThanOrEqual(7);
      const never = prompt.slice(prompt.indexOf('## Never'));
      expect([...never.matchAll(/^- /gm)].length, name).toBeGreaterThanOrEqual(4);
    }
  });

  it('names in its prompts only agents that there are', () => {
    for (const { name, prompt } of all) {
      const scope = /## Scope\n([\s\S]*?)\n## /.exec(prompt)?.[1] ?? '';
      for (const [, other] of scope.matchAll(/`([a-z-]+)`/g)) {
        expect(resolveAgent(other ?? '')?.name, `${name} names ${other ?? ''}`).toBe(other);
        expect(other).not.toBe(name);
      }
    }
  });

  it('gives each action to one agent, and those of the local engine to the agent that does them without a model', () => {
    const owners = new Map<string, string>();
    for (const { name, actions } of all) {
      expect(actions.length, name).toBeGreaterThan(2);
      for (const action of actions) {
        expect(owners.get(action), action).toBeUndefined();
        owners.set(action, name);
        const local = resolveAction(action);
        if (local !== undefined) expect(local.agent).toBe(name);
      }
    }
    for (const { name, agent } of localActions) expect(owners.get(name)).toBe(agent);
  });

  it('gives each agent at least five capabilities, and no two agents the same one', () => {
    const seen = new Set<string>();
    for (const { name, capabilities, specializations } of all) {
      expect(capabilities.length, name).toBeGreaterThanOrEqual(5);
      expect(specializations.length, name).toBeGreaterThanOrEqual(3);
      for (const { name: phrase, confidence } of capabilities) {
        expect(seen.has(phrase), phrase).toBe(false);
        seen.add(phrase);
        expect(confidence).toBeGreaterThanOrEqual(0.5);
        expect(confidence).toBeLessThanOrEqual(0.95);
      }
    }
  });

  it('lets only agents write, run or reach out whose work it is', () => {
    const having = (tool: string) => all.filter(({ tools }) => tools.includes(tool)).map(({ name }) => name);
    for (const { tools } of all) for (const tool of tools) expect(TOOL_NAMES.has(tool)).toBe(true);
    expect(having('delete_file')).toEqual([]);
    expect(having('delegate')).toEqual(['orchestrator']);
    expect(having('run_command')).toEqual(['devops', 'performance', 'data-science']);
    expect(having('fetch_page')).toEqual(['researcher', 'ai-engineer', 'github-search', 'web-search']);
  });

  it('never lets one agent both read the workspace, write it or run in it, and search the web', () => {
    // Whoever reads pages of strangers and the sources must not be able to act on what they say.
    for (const { name, tools } of all) {
      if (!tools.includes('web_search')) continue;
      expect(
        tools.filter((tool) => /^(write|edit|apply|delete|run|create)_/.test(tool)),
        name,
      ).toEqual([]);
    }
  });

  it('wants of every model tools, an order of providers and an answer in a form', () => {
    for (const { name, model, output } of all) {
      expect(model.prefer.length, name).toBeGreaterThanOrEqual(2);
      expect(model.needs).toMatchObject({ tools: true, structuredOutput: true });
      expect(model.needs.context, name).toBeGreaterThanOrEqual(16_000);
      expect(output, name).toBeDefined();
    }
  });

  it('has answer schemas in the part of JSON Schema that all vendors take', () => {
    for (const { name, output } of all) {
      expect(output?.['type'], name).toBe('object');
      visit(output ?? null, (node) => {
        for (const word of ['$ref', 'oneOf', 'anyOf', 'allOf', 'not', 'pattern', 'if'])
          expect(Object.hasOwn(node, word) && !isJsonObject(node['properties']), `${name}: ${word}`).toBe(
            false,
          );
        if (node['type'] !== 'object') return;
        expect(node['additionalProperties'], name).toBe(false);
        expect(node['required'], name).toEqual(Object.keys(node['properties'] as object));
      });
      const required = output?.['required'] as readonly string[];
      expect(required).toContain('summary');
      expect(required).toContain('questions');
    }
  });
});

describe('the choice of an agent', () => {
  const step = { key: 'step', title: 'Step' };

  it('is the agent that the file names, however it is written', () => {
    expect(chooseAgent({ ...step, agent: 'SecurityAgent', action: 'write-docs' })).toEqual({
      agent: 'security',
      how: 'named',
      why: 'named in the file',
    });
  });

  it('says the capability and its confidence', () => {
    expect(chooseAgent({ ...step, action: 'scan_vulnerabilities' })).toEqual({
      agent: 'security',
      how: 'inferred',
      score: 0.95,
      why: 'security: scan vulnerabilities 0.95',
    });
    expect(chooseAgent({ ...step, title: 'Scanning for vulnerabilities' }).why).toBe(
      'security: scan vulnerabilities 0.95',
    );
  });

  it('scores a task that names a capability only in part lower', () => {
    const part = chooseAgent({ ...step, title: 'Something about vulnerabilities' });
    expect(part).toMatchObject({ agent: 'security', how: 'matched' });
    expect(part.score).toBeLessThan(0.95);
  });

  it('gives general work to the orchestrator', () => {
    expect(chooseAgent({ ...step, prompt: 'Hello there.' })).toMatchObject({
      agent: 'orchestrator',
      how: 'general',
    });
  });

  it('finds what an agent is for by what people write', () => {
    const wrong = TASKS.flatMap(([agent, title]) => {
      const choice = chooseAgent({ ...step, title });
      return choice.agent === agent ? [] : [`${title}: ${choice.why}, not ${agent}`];
    });
    expect(wrong, `${wrong.length} of ${TASKS.length}`).toEqual([]);
  });

  it('finds the right one for at least nine of ten ordinary titles', () => {
    const file = path.resolve(import.meta.dirname, '../../../fixtures/agent-titles.json');
    const titles = JSON.parse(readFileSync(file, 'utf8')) as { agent: string; title: string }[];
    const wrong = titles.flatMap(({ agent, title }) => {
      const choice = chooseAgent({ ...step, title });
      return choice.agent === agent ? [] : [`${title}: ${choice.why}, not ${agent}`];
    });
    expect(titles.length).toBeGreaterThan(100);
    expect(wrong.length / titles.length, wrong.join('\n')).toBeLessThan(0.1);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('is not confused by %s', (word) => {
    expect(chooseAgent({ ...step, action: word, key: word, title: word, prompt: word }).how).toBe('general');
  });

  it('takes under 0.1 ms, also for a long prompt', () => {
    const prompt = 'Please review what the service does with orders and invoices, and write tests. '.repeat(
      500,
    );
    const tasks = TASKS.map(([, title]) => ({ ...step, title, prompt }));
    for (let round = 0; round < 20; round++) for (const task of tasks) chooseAgent(task);
    const rounds: number[] = [];
    for (let round = 0; round < 21; round++) {
      const begun = performance.now();
      for (const task of tasks) chooseAgent(task);
      rounds.push((performance.now() - begun) / tasks.length);
    }
    // The quickest round: other work on the machine is not what is measured.
    expect(Math.min(...rounds)).toBeLessThan(0.1);
  });
});

/** As people title their steps; none repeats a capability word by word in order. */
const TASKS: readonly (readonly [string, string])[] = [
  ['backend', 'Implement an endpoint that returns the cart'],
  ['backend', 'Integrate the message queue into the billing service'],
  ['frontend', 'Build a settings component with dark mode'],
  ['frontend', 'Improve the accessibility of the menu'],
  ['devops', 'Deploy the application to production'],
  ['devops', 'Write a rollback plan for the release'],
  ['security', 'Audit the upload code'],
  ['security', 'Find secrets in the repository'],
  ['quality', 'Review the changes of this pull request'],
  ['quality', 'Reduce the complexity of the parser'],
  ['performance', 'Optimize the slow import code'],
  ['performance', 'Find the memory leak in the worker'],
  ['testing', 'Write tests for the database layer'],
  ['testing', 'Measure the coverage of the suite'],
  ['architect', 'Design the architecture for multi-tenancy'],
  ['architect', 'Split the monolith into modules'],
  ['api', 'Write an OpenAPI document for payments'],
  ['api', 'Design the API for webhooks'],
  ['database', 'Optimize the queries of the report page'],
  ['database', 'Write a migration that adds an index'],
  ['data', 'Clean the customer data before loading'],
  ['data', 'Transform the raw data of the sensors'],
  ['data-science', 'Train a model on past orders'],
  ['data-science', 'Design an experiment for the new price'],
  ['mobile', 'Add push notifications to the app'],
  ['mobile', 'Build the Android app for couriers'],
  ['infrastructure', 'Configure a Kubernetes cluster for staging'],
  ['infrastructure', 'Reduce our cloud cost'],
  ['standards', 'Check the licenses of all dependencies'],
  ['standards', 'Enforce our naming conventions'],
  ['product', 'Prioritize the features of the next quarter'],
  ['product', 'Define acceptance criteria for sign-up'],
  ['cto', 'Build or buy: decide on the search'],
  ['cto', 'Assess our technical debt'],
  ['ceo', 'Assess the business value of the new market'],
  ['ceo', 'Prioritize the initiatives for next year'],
  ['writer', 'Write the release notes'],
  ['writer', 'Write a tutorial for beginners'],
  ['researcher', 'Compare alternatives to our queue'],
  ['researcher', 'Gather sources on battery recycling'],
  ['elasticsearch-architect', 'Tune the relevance of the product search'],
  ['elasticsearch-architect', 'Write Elasticsearch mappings for products'],
  ['ai-engineer', 'Evaluate the language model on support questions'],
  ['ai-engineer', 'Build retrieval over the handbook'],
  ['ai-analyzer', 'Find contradictions in the specification'],
  ['ai-analyzer', 'Analyse the requirements of the tender'],
  ['code-generation', 'Scaffold a new project in Go'],
  ['code-generation', 'Generate the code of a client library'],
  ['code-compilation', 'Explain the build errors of the last commit'],
  ['code-compilation', 'Compile the code and fix compile errors'],
  ['github-search', 'Find GitHub issues about this error'],
  ['github-search', 'Compare repositories that implement CRDTs'],
  ['web-search', 'Search the web for the current tax rate'],
  ['web-search', 'Look up facts about the new standard'],
  ['orchestrator', 'Coordinate the agents for the launch'],
  ['orchestrator', 'Merge the results of the three reviews'],
];

async function loaded(name: string): Promise<AgentProfile> {
  const profile = await loadProfile(name);
  if (profile === undefined) throw new Error(`There is no profile of ${name}.`);
  return profile;
}

/** Without headings and case: what a reader would call the same sentence. */
function sentencesOf(prompt: string): Set<string> {
  const lines = prompt.split('\n').filter((line) => !line.startsWith('#'));
  const sentences = lines.flatMap((line) => line.replace(/^(?:- |\d+\. )/, '').split(/(?<=[.!?])\s+/));
  return new Set(
    sentences
      .map((sentence) =>
        sentence
          .toLowerCase()
          .replace(/[^a-z ]/g, '')
          .trim(),
      )
      .filter(Boolean),
  );
}

function visit(value: JsonValue, see: (node: Readonly<Record<string, JsonValue>>) => void): void {
  if (Array.isArray(value)) for (const inner of value as readonly JsonValue[]) visit(inner, see);
  else if (isJsonObject(value)) {
    see(value);
    for (const inner of Object.values(value)) visit(inner, see);
  }
}
