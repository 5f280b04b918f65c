import { describe, expect, it } from 'vitest';
import { knownAgents, resolveAgent } from '../../../src/core/agents/roster';

describe('roster', () => {
  it('knows each name and alias for exactly one agent', () => {
    const names = knownAgents.flatMap((agent) => [agent.name, ...agent.aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const agent of knownAgents) {
      for (const name of [agent.name, ...agent.aliases]) expect(resolveAgent(name)).toBe(agent);
    }
  });

  it('has a one-line description for each agent', () => {
    for (const { description } of knownAgents) expect(description).toMatch(/^[^\n]{10,90}\.$/);
  });

  it.each([
    ['BackendAgent', 'backend'],
    ['FrontendAgent', 'frontend'],
    ['DevOpsAgent', 'devops'],
    ['SecurityAgent', 'security'],
    ['QualityAgent', 'quality'],
    ['PerformanceAgent', 'performance'],
    ['TestingAgent', 'testing'],
    ['ArchitectAgent', 'architect'],
    ['APIAgent', 'api'],
    ['DatabaseAgent', 'database'],
    ['DataAgent', 'data'],
    ['DataScienceAgent', 'data-science'],
    ['MobileAgent', 'mobile'],
    ['InfrastructureAgent', 'infrastructure'],
    ['StandardsAgent', 'standards'],
    ['ProductAgent', 'product'],
    ['CTOAgent', 'cto'],
    ['CEOAgent', 'ceo'],
    ['WriterAgent', 'writer'],
    ['ResearcherAgent', 'researcher'],
    ['OrchestratorAgent', 'orchestrator'],
    ['BackendEngineerAgent', 'backend'],
    ['ElasticsearchArchitectAgent', 'elasticsearch-architect'],
    ['AIEngineerAgent', 'ai-engineer'],
    ['FrontendSpecialistAgent', 'frontend'],
    ['DevOpsSpecialistAgent', 'devops'],
    ['QAEngineerAgent', 'testing'],
    ['SecurityAuditorAgent', 'security'],
    ['DocsWriterAgent', 'writer'],
    ['code_generation', 'code-generation'],
    ['CodeGeneration', 'code-generation'],
    ['code_compilation', 'code-compilation'],
    ['code_review', 'quality'],
    ['github_search', 'github-search'],
    ['GitHubSearch', 'github-search'],
    ['web_search', 'web-search'],
    ['api_spec_writer', 'api'],
    ['APISpecWriter', 'api'],
    ['ai_analyzer', 'ai-analyzer'],
    ['architect_agent', 'architect'],
    ['architecture', 'architect'],
    ['data-scientist', 'data-science'],
    ['datascience', 'data-science'],
    ['qa', 'testing'],
  ])('reads %s as %s', (name, canonical) => {
    expect(resolveAgent(name)?.name).toBe(canonical);
  });

  it('knows nobody by an invented name', () => {
    expect(resolveAgent('wizard')).toBeUndefined();
    expect(resolveAgent('')).toBeUndefined();
    expect(resolveAgent('__proto__')).toBeUndefined();
  });
});
