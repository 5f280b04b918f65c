import type { ModelRef, ProviderName } from '../model/model-call';
import type { ModelFacts, ModelPrice } from './model-shape';
import { MODELS } from './model-table';

export type { ModelFacts, ModelPrice };

const byId = new Map(
  MODELS.flatMap((facts) => [facts.id, ...(facts.aliases ?? [])].map((id) => [id, facts])),
);

/** What the table knows of a model; undefined when it knows nothing. Takes ids as requests may name them ("models/gemini-…"). */
export function factsOfModel(id: string): ModelFacts | undefined {
  return byId.get(id) ?? byId.get(id.replace(/^models\//, ''));
}

/** The models of a provider that the table calls current: "claude". None for one whose models it does not know. */
export function currentModelsOf(provider: ProviderName): readonly ModelFacts[] {
  const vendor = provider === 'claude' ? 'anthropic' : provider;
  return MODELS.filter((facts) => facts.vendor === vendor && facts.status === 'current');
}

/** The model that is asked when nobody names one: a current one, in the middle of the vendor's range. */
export function defaultModelOf(kind: string): string | undefined {
  switch (kind) {
    case 'anthropic':
      return 'claude-sonnet-5-5';
    case 'gemini':
      return 'gemini-3.8-flash';
    case 'openai':
      return 'gpt-6.1-terra';
    default:
      return undefined;
  }
}

/** The person's prices, by "provider/model", model id or "provider/*": US dollars per million tokens. */
export type OwnPrices = Readonly<Record<string, { readonly input: number; readonly output: number }>>;

/**
 * Facts as they are today for this person: their own prices win over the table's, an announced price holds from its day on,
 * and what the vendor has ended by now is retired. Undefined for a model that neither the table nor the person knows.
 */
export function factsFor(
  ref: ModelRef,
  person: { readonly prices: OwnPrices; readonly now: number },
): ModelFacts | undefined {
  const known = factsOfModel(ref.model);
  const own = ownPrice(ref, person.prices);
  if (known === undefined) return own && unknownModel(ref, own);
  const today = new Date(person.now).toISOString().slice(0, 10);
  const later =
    known.laterPrice !== undefined && known.laterPrice.from <= today ? known.laterPrice : undefined;
  // The editor's models are paid for in another way, whatever vendor's name they carry.
  const price = own ?? (ref.provider === 'vscode' ? undefined : (later ?? known.price));
  const hasEnded = known.endsOn !== undefined && known.endsOn <= today;
  const facts: { -readonly [Key in keyof ModelFacts]: ModelFacts[Key] } = { ...known };
  if (price === undefined) delete facts.price;
  else facts.price = price;
  return { ...facts, ...(hasEnded && { status: 'retired' }) };
}

function ownPrice(ref: ModelRef, prices: OwnPrices): ModelPrice | undefined {
  const names = [`${ref.provider}/${ref.model}`, ref.model, `${ref.provider}/*`];
  const name = names.find((candidate) => Object.hasOwn(prices, candidate));
  return name === undefined ? undefined : prices[name];
}

/** A model of which only the person's own price is known: nothing is held against it. */
function unknownModel(ref: ModelRef, price: ModelPrice): ModelFacts {
  return {
    id: ref.model,
    vendor: 'openai',
    title: ref.model,
    status: 'current',
    context: Number.POSITIVE_INFINITY,
    maxOutput: Number.POSITIVE_INFINITY,
    price,
    abilities: { tools: true, structuredOutput: true, temperature: true },
    source: 'your own prices',
    asOf: '',
  };
}
