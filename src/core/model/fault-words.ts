import type { CallFault, ModelCall, ModelRef, ProviderName } from './model-call';

/** What a fault is called after a provider's name ("Claude overloaded"), and on its own ("overload"). */
interface FaultWord {
  readonly after: string;
  readonly noun: string;
}

const FAULTS: Readonly<Record<CallFault, FaultWord>> = {
  'rate-limited': { after: 'rate limited', noun: 'rate limit' },
  overloaded: { after: 'overloaded', noun: 'overload' },
  server: { after: 'had a fault of its own', noun: 'server fault' },
  network: { after: 'not reachable', noun: 'no connection' },
  timeout: { after: 'did not answer in time', noun: 'too slow' },
  incomplete: { after: 'broke off', noun: 'answer cut off' },
  'invalid-response': { after: 'sent no valid answer', noun: 'invalid answer' },
  'malformed-tool-call': { after: 'sent a malformed tool call', noun: 'malformed tool call' },
  'not-the-provider': { after: 'not reached, something else answered', noun: 'another server answered' },
  quota: { after: 'out of quota or money', noun: 'no quota or money' },
  auth: { after: 'refused the key', noun: 'key refused' },
  'model-gone': { after: 'no longer has the model', noun: 'model gone' },
  'context-too-long': { after: 'cannot take a request this long', noun: 'request too long' },
  'content-blocked': { after: 'declined the request', noun: 'declined' },
  'invalid-request': { after: 'did not accept the request', noun: 'request not accepted' },
  tls: { after: 'not reached safely', noun: 'certificate not trusted' },
  proxy: { after: 'not reached through the proxy', noun: 'proxy' },
};

/** "overloaded": follows the provider's name. A fault that a later version added is said plainly. */
export function faultAfter(fault: CallFault): string {
  return (FAULTS as Partial<typeof FAULTS>)[fault]?.after ?? 'did not answer';
}

/** "rate limit": stands alone. */
export function faultNoun(fault: CallFault): string {
  return (FAULTS as Partial<typeof FAULTS>)[fault]?.noun ?? 'no answer';
}

const TITLES: Readonly<Record<string, string>> = {
  claude: 'Claude',
  anthropic: 'Claude',
  gemini: 'Gemini',
  google: 'Gemini',
  openai: 'OpenAI',
  vscode: 'VS Code',
  ollama: 'Ollama',
  lmstudio: 'LM Studio',
  'lm-studio': 'LM Studio',
  llamacpp: 'llama.cpp',
  vllm: 'vLLM',
  openrouter: 'OpenRouter',
  azure: 'Azure',
};

/** A provider as people call it; one that a person named keeps its name. */
export function providerTitle(provider: ProviderName): string {
  return Object.hasOwn(TITLES, provider) ? (TITLES[provider] ?? provider) : provider;
}

/** "Claude (claude-sonnet-4)": the provider and its model. */
export function modelTitle({ provider, model }: ModelRef): string {
  return `${providerTitle(provider)} (${model})`;
}

/** True when another one than the first asked took over, whether or not it answered yet. */
export function fellOver(call: ModelCall): boolean {
  return call.failures.some(({ model }) => !isSame(model, call.chosen));
}

/**
 * What went wrong and how it ended, in one line: "Claude overloaded, answered by Gemini". Undefined when nothing did.
 * Faults of one model that repeat are said once.
 */
export function fallLine(call: ModelCall): string | undefined {
  if (call.failures.length === 0) return undefined;
  // Where two models of one provider were asked, the provider's name alone would tell them apart no more.
  const asked = [...call.failures.map(({ model }) => model), call.chosen];
  const name = (ref: ModelRef) =>
    asked.some((other) => other.provider === ref.provider && other.model !== ref.model)
      ? modelTitle(ref)
      : providerTitle(ref.provider);
  const faults: string[] = [];
  for (const { model, fault } of call.failures) {
    const said = `${name(model)} ${faultAfter(fault)}`;
    if (faults.at(-1) !== said) faults.push(said);
  }
  return `${faults.join(', ')}${endOf(call, name(call.chosen))}`;
}

/**
 * What a server left out of a request, and how it is mended: "ollama read only 2,050 of about 7,900 tokens …". Undefined where it
 * read all of it, as far as anybody knows.
 */
export function cutInputLine({
  chosen,
  cutInput,
}: Pick<ModelCall, 'chosen' | 'cutInput'>): string | undefined {
  if (cutInput === undefined) return undefined;
  const count = (tokens: number) => tokens.toLocaleString('en-US');
  return `${providerTitle(chosen.provider)} read only ${count(cutInput.read)} of about ${count(cutInput.sent)} tokens that were sent: its context is full. Start the server with a larger one (Ollama: OLLAMA_CONTEXT_LENGTH) or send less`;
}

function endOf(call: ModelCall, who: string): string {
  const isOther = fellOver(call) && !isSame(call.failures.at(-1)?.model, call.chosen);
  switch (call.status) {
    case 'answered':
      return isOther ? `, answered by ${who}` : ', then answered';
    case 'asked':
      return isOther ? `, asking ${who}` : ', asking again';
    case 'failed':
      return ', nobody answered';
    case 'lost':
      return ', interrupted';
    default:
      return call.status satisfies never;
  }
}

function isSame(one: ModelRef | undefined, other: ModelRef): boolean {
  return one?.provider === other.provider && one.model === other.model;
}
