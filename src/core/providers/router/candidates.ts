import type { ModelRef } from '../../model/model-call';
import type { Unanswered } from '../../model/unanswered';
import type { ModelFacts } from '../model-facts';
import type { Candidate, Routable } from './routable';
import { NobodyAnswered, type RouteWish } from '../routing';

export interface Candidates {
  /** In the order in which they were wished for, or of their priority. */
  readonly able: readonly Candidate[];
  /** For whoever asks why nobody else was asked. */
  readonly leftOut: readonly Unanswered[];
  readonly warnings: readonly string[];
  /** What put the first one first, after its name: "is first by priority". */
  readonly reason: string;
}

export type FactsOf = (ref: ModelRef) => ModelFacts | undefined;

/** Everybody who could do what the wish asks for, whatever their health. Pure. */
export function candidatesFor(wish: RouteWish, routables: readonly Routable[], factsOf: FactsOf): Candidates {
  const warnings: string[] = [];
  const leftOut: Unanswered[] = [];
  const able: Candidate[] = [];
  const { chosen, modelOf, reason } = chooseProviders(wish, routables, factsOf, warnings);
  const isNamed = wish.providers !== undefined || wish.model !== undefined;
  for (const routable of chosen) {
    const { settings } = routable;
    const leaveOut = (why: string, standing: Unanswered['standing'] = 'unable') =>
      leftOut.push({ provider: settings.name, title: settings.title, standing, why });
    const model = modelOf(routable);
    const unusable = unusableOf(routable);
    if (unusable !== undefined) {
      // What the person switched off is no news, unless the step wants just this one or something else switched it off.
      const isOff = !settings.enabled && settings.offBecause === undefined && !isNamed;
      leaveOut(unusable, isOff ? 'off' : 'unable');
      continue;
    }
    if (model === undefined) {
      leaveOut('no model is chosen');
      continue;
    }
    const ref = { provider: settings.name, model };
    const facts = factsOf(ref);
    const misfit = facts && misfitOf(facts, wish.needs);
    if (misfit !== undefined) {
      leaveOut(`${model} ${misfit}`);
      continue;
    }
    const warning = warningOf(model, settings.title, facts);
    if (warning !== undefined) warnings.push(warning);
    able.push({ ref, routable, title: settings.title, facts });
  }
  return { able, leftOut, warnings, reason };
}

/** `no-provider`, with every reason. */
export function nobody(wish: RouteWish, leftOut: readonly Unanswered[]): NobodyAnswered {
  const whom = wish.model === undefined ? 'No model can be asked' : `Nobody can be asked for ${wish.model}`;
  if (leftOut.length > 0) return new NobodyAnswered('no-provider', whom, leftOut);
  const names = wish.providers?.map((name) => `"${name}"`).join(' or ');
  const why = names === undefined ? 'no provider is set up' : `there is no provider ${names}`;
  return new NobodyAnswered('no-provider', `${whom}: ${why}`, []);
}

interface Chosen {
  readonly chosen: readonly Routable[];
  readonly modelOf: (routable: Routable) => string | undefined;
  readonly reason: string;
}

function chooseProviders(
  wish: RouteWish,
  routables: readonly Routable[],
  factsOf: FactsOf,
  warnings: string[],
): Chosen {
  const byPriority = inOrderOfPriority(routables);
  const wished = wish.providers && wishedProviders(wish.providers, byPriority, warnings);
  const all = wished ?? byPriority;
  if (wish.model === undefined) {
    const reason = wished ? 'is the first that the step names' : 'is first by priority';
    return { chosen: all, modelOf: ownModel, reason };
  }
  /** One that is asked for this model, and behind it whom else the step names, with their own. */
  const onlyFor = (first: Routable, model: string, reason: string): Chosen => ({
    chosen: [first, ...(wished ?? []).filter((routable) => routable !== first)],
    modelOf: (routable) => (routable === first ? model : ownModel(routable)),
    reason,
  });
  const named = splitModel(wish.model, routables);
  if (named !== undefined) return onlyFor(named.routable, named.model, 'is named by the step');
  const { model } = wish;
  const knowing = new Set(all.filter((routable) => knowsModel(routable, model, factsOf)));
  if (knowing.size > 0)
    return {
      chosen: wished === undefined ? [...knowing] : all,
      modelOf: (routable) => (knowing.has(routable) ? model : ownModel(routable)),
      reason: wished ? 'is the first that the step names' : `has ${model}`,
    };
  // Nobody's table knows it: a new model, or one of the person's own server. Its name may tell whose it is; else whoever
  // comes first is believed to have it.
  const likely = all.find(({ settings }) => NAMED_SO[settings.kind]?.test(model) === true);
  const first = likely ?? all.find((routable) => unusableOf(routable) === undefined) ?? all[0];
  if (first === undefined) return { chosen: [], modelOf: ownModel, reason: '' };
  return onlyFor(first, model, `is asked for ${model}, which no table knows`);
}

function ownModel({ model, settings }: Routable): string | undefined {
  return model ?? settings.defaultModel;
}

/** They mostly stand in it already. */
function inOrderOfPriority(routables: readonly Routable[]): readonly Routable[] {
  let before = Number.NEGATIVE_INFINITY;
  for (const { settings } of routables) {
    if (!(settings.priority >= before))
      return [...routables].sort((a, b) => a.settings.priority - b.settings.priority);
    before = settings.priority;
  }
  return routables;
}

/** How vendors begin the names of their models. */
const NAMED_SO: Readonly<Partial<Record<Routable['settings']['kind'], RegExp>>> = {
  anthropic: /^claude-/i,
  gemini: /^(gemini|gemma)-/i,
  openai: /^(gpt-|chatgpt-|o\d)/i,
};

function unusableOf({ unusable, settings }: Routable): string | undefined {
  return unusable ?? (settings.enabled ? undefined : 'switched off');
}

/** In the order wished for; unknown names are told. */
function wishedProviders(
  names: readonly string[],
  routables: readonly Routable[],
  warnings: string[],
): readonly Routable[] {
  return [...new Set(names)].flatMap((name) => {
    const found = routables.find(({ settings }) => settings.name === name);
    if (found === undefined) warnings.push(`There is no provider "${name}".`);
    return found ?? [];
  });
}

/** "provider/model", where the part before the first slash is a provider: servers have ids with slashes of their own. */
function splitModel(
  wish: string,
  routables: readonly Routable[],
): { readonly routable: Routable; readonly model: string } | undefined {
  const slash = wish.indexOf('/');
  if (slash <= 0) return undefined;
  const routable = routables.find(({ settings }) => settings.name === wish.slice(0, slash));
  return routable && { routable, model: wish.slice(slash + 1) };
}

function knowsModel(routable: Routable, model: string, factsOf: FactsOf): boolean {
  const { settings } = routable;
  if (routable.model === model || settings.defaultModel === model) return true;
  return factsOf({ provider: settings.name, model })?.vendor === settings.kind;
}

function misfitOf(facts: ModelFacts, needs: RouteWish['needs']): string | undefined {
  if (needs.tools && !facts.abilities.tools) return 'cannot use tools';
  if (needs.structuredOutput && !facts.abilities.structuredOutput) return 'cannot keep to a schema';
  if (needs.context > facts.context)
    return `takes ${facts.context} tokens, and the request may need ${needs.context}`;
  return undefined;
}

function warningOf(model: string, title: string, facts: ModelFacts | undefined): string | undefined {
  if (facts === undefined)
    return `${model} of ${title} is in no table: what it costs and how much it takes is not known.`;
  const instead = facts.successor === undefined ? '' : ` ${facts.successor} takes its place.`;
  if (facts.status === 'retired') return `${model} has been retired by its vendor.${instead}`;
  if (facts.status === 'deprecated') return `${model} is about to be retired by its vendor.${instead}`;
  if (facts.price === undefined) return `What ${model} costs is not known.`;
  return undefined;
}
