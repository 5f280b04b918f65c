import { estimateTokens } from '../../providers/pricing';
import { factsOfModel, type ModelFacts } from '../../providers/model-facts';
import { MODELS } from '../../providers/model-table';
import { modelWarnings, type ModelNeeds } from '../../providers/model-warnings';
import { canonicalProvider } from '../../model/provider-names';
import type { Step, WorkflowConfig } from '../../model/workflow';
import type { Report } from '../source/report';
import type { StepDraft } from './step-draft';
import type { Span } from '../source/node';

const VENDORS: Readonly<Record<string, ModelFacts['vendor']>> = {
  claude: 'anthropic',
  gemini: 'gemini',
  openai: 'openai',
};

/** What a model step asks for when it says nothing itself. */
const USUAL_ANSWER = 4096;

/** Warns of each model that a step names: unknown, retired, too small, or not of the provider that is asked for it. */
export function checkModels(drafts: readonly StepDraft[], config: WorkflowConfig, report: Report): void {
  for (const { step, modelAt } of drafts) {
    if (step.model === undefined || modelAt === undefined || step.run !== undefined) continue;
    const providers = [...new Set([...(step.provider ?? []), ...(config.providers ?? [])])];
    checkModel(step, { written: step.model, providers }, modelAt, report);
  }
}

function checkModel(
  step: Step,
  { written, providers }: { readonly written: string; readonly providers: readonly string[] },
  at: Span,
  report: Report,
): void {
  const { provider, model } = splitModel(written);
  const names = provider === undefined ? providers : [provider];
  const vendors = names.flatMap((name) => VENDORS[name] ?? []);
  // Servers of the person's own and the editor offer what they like, under names of their own.
  if (names.length > 0 && vendors.length === 0) return;
  const facts = factsOfModel(model);
  if (facts === undefined && names.length > vendors.length) return;
  for (const warning of modelWarnings(model, facts, needsOf(step))) {
    const meant = facts === undefined ? report.nearest(model, currentIds(vendors)) : undefined;
    const hint = meant === undefined ? warning.suggestion : `Did you mean "${meant}"?`;
    report.warn(warning.code, warning.message, at, hint);
  }
  if (facts !== undefined && names.length > 0 && names.length === vendors.length) {
    if (vendors.includes(facts.vendor)) return;
    const owner = Object.keys(VENDORS).find((name) => VENDORS[name] === facts.vendor) ?? '';
    const message = `${facts.title} is a model of "${owner}", and this step asks ${names.map((name) => `"${name}"`).join(', ')}.`;
    report.warn('model-of-another-provider', message, at);
  }
}

/** "openai/gpt-4o" names both; a slash after any other word is part of the model's own name. */
function splitModel(written: string): { readonly provider?: string; readonly model: string } {
  const slash = written.indexOf('/');
  if (slash <= 0) return { model: written };
  const provider = canonicalProvider(written.slice(0, slash));
  return Object.hasOwn(VENDORS, provider) || provider === 'vscode'
    ? { provider, model: written.slice(slash + 1) }
    : { provider, model: written };
}

function needsOf(step: Step): ModelNeeds {
  const output = step.maxTokens ?? USUAL_ANSWER;
  return {
    ...(worksWithTools(step) && { tools: true }),
    ...(step.output?.schema !== undefined && { structuredOutput: true }),
    ...(step.temperature !== undefined && { temperature: true }),
    ...(step.prompt !== undefined && { input: estimateTokens(step.prompt) }),
    output,
  };
}

/** Agents have tools, unless the step takes them all away. */
function worksWithTools({ agent, with: given }: Step): boolean {
  const { tools } = given;
  return Array.isArray(tools) ? tools.length > 0 : agent !== undefined;
}

function currentIds(vendors: readonly ModelFacts['vendor'][]): string[] {
  return MODELS.filter(
    ({ vendor, status }) => status !== 'retired' && (vendors.length === 0 || vendors.includes(vendor)),
  ).map(({ id }) => id);
}
