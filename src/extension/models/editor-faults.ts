import type { CallFault, CallUsage } from '../../core/model/model-call';
import { messageOf } from '../../core/model/errors';
import { ProviderError } from '../../core/providers/provider-error';

export const EDITOR_PROVIDER = 'vscode';

/** What `raw` says when nobody has allowed the editor's models yet. */
export const NO_CONSENT = 'no-consent';

/** How a person allows the editor's models, as the palette names it. */
const ALLOW = 'Run "Baton: Allow the Editor\'s Models".';

const SENTENCES: Partial<Record<CallFault, string>> = {
  auth: `The editor's models may not be used. ${ALLOW}`,
  quota:
    "The editor's models are blocked or their quota is used up. See the account of the extension that offers them.",
  'model-gone': 'The editor no longer offers this model. Choose another one with "Baton: Choose Model…".',
  'rate-limited': "The editor's model asks for a pause.",
  overloaded: "The editor's model is overloaded.",
  network: "The editor's model could not be reached.",
  timeout: "The editor's model did not answer in time.",
  incomplete: "The answer of the editor's model ended before it was whole.",
  'context-too-long': "The request is longer than the editor's model takes.",
  'content-blocked': "The editor's model declined the request.",
  'malformed-tool-call': "The editor's model called a tool with something that is no JSON object.",
};

/** A request to the editor's models that came to nothing, in Baton's words: what comes from another extension may hold anything. */
export function editorError(
  fault: CallFault,
  more: { readonly raw?: string; readonly usage?: CallUsage; readonly cause?: unknown } = {},
): ProviderError {
  const { raw, usage, cause } = more;
  const facts = { provider: EDITOR_PROVIDER, fault, ...(raw && { raw }), ...(usage && { usage }) };
  return new ProviderError(facts, SENTENCES[fault] ?? "The editor's model failed.", cause);
}

/**
 * Why a request failed. The editor gives three codes of its own; everything else arrives as the message of the extension that
 * offers the model. `began`: text had come already, so that what nobody can name is an answer that broke off.
 */
export function editorFault(
  error: unknown,
  began: boolean,
): { readonly fault: CallFault; readonly raw?: string } {
  const code = codeOf(error);
  if (code === 'NoPermissions') return { fault: 'auth', raw: code };
  // The editor's documentation: "quota limits exceeded".
  if (code === 'Blocked') return { fault: 'quota', raw: code };
  if (code === 'NotFound') return { fault: 'model-gone', raw: code };
  const said = saidBy(error);
  const named = SAID.find(([pattern]) => pattern.test(said))?.[1];
  const raw = code === '' || code === 'Unknown' ? undefined : code;
  return { fault: named ?? (began ? 'incomplete' : 'server'), ...(raw && { raw }) };
}

/** In the order in which they are told apart: "insufficient quota" comes with the status of a rate limit. */
const SAID: readonly (readonly [RegExp, CallFault])[] = [
  [/quota|insufficient.(funds|credit|balance)|billing|payment required|\b402\b|spend(ing)? limit/i, 'quota'],
  [/rate.?limit|too many requests|\b429\b/i, 'rate-limited'],
  [/overloaded|at capacity|\b529\b|\b503\b|service unavailable/i, 'overloaded'],
  [
    /context.{0,20}(length|window|long)|too many tokens|token limit|prompt is too long|maximum context|exceeds.{0,40}tokens/i,
    'context-too-long',
  ],
  [
    /content.?(filter|polic|management)|filtered|responsible ai|safety|refus(al|ed to answer)/i,
    'content-blocked',
  ],
  [/model.{0,40}(not found|not supported|unknown|does not exist|retired)|unknown model/i, 'model-gone'],
  [
    /\b401\b|\b403\b|unauthori[sz]ed|forbidden|sign(ed)? ?in|not logged in|invalid.{0,12}key|no access/i,
    'auth',
  ],
  [/ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up|network|fetch failed|getaddrinfo|offline/i, 'network'],
  [/time(d)?.?out|ETIMEDOUT/i, 'timeout'],
  [/\b50[024]\b|internal server error|bad gateway/i, 'server'],
  [/\b400\b|invalid.{0,12}request|bad request/i, 'invalid-request'],
];

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The messages of an error and of what caused it. */
function saidBy(error: unknown): string {
  const said: string[] = [];
  for (let one: unknown = error, depth = 0; one !== undefined && one !== null && depth < 4; depth++) {
    said.push(messageOf(one));
    one = one instanceof Error ? one.cause : undefined;
  }
  return said.join('\n');
}
