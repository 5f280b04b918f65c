/*
 * What a refusal means. One reading for all vendors: their words do not contradict each other, and servers that imitate one of
 * them, or stand between, use the words of another. Its order is the order of certainty: the vendor's own word, its sentence,
 * the HTTP status, and for anything new what a person would assume.
 */
import type { CallFault } from '../../model/model-call';
import { isJsonObject } from '../../base/json';
import type { Fault } from './fault';
import { errorFactsOf, type ErrorFacts } from './error-body';
import { retryAfterMs } from './retry-after';

export interface Refusal {
  /** Absent: the refusal came inside a response that had begun well. */
  readonly status?: number;
  readonly headers: Headers;
  readonly text: string;
  /** Wall clock. */
  readonly now: number;
}

export function classify(refusal: Refusal): Fault {
  const body = parse(refusal.text);
  const error = errorFactsOf(body);
  // A proxy that answers 200 and tells the real status inside.
  const status = refusal.status !== undefined && refusal.status >= 300 ? refusal.status : error.status;
  const fault = faultOf(status, error, refusal.text, body);
  const { headers, now } = refusal;
  const wait = retryAfterMs({
    headers,
    bodyDelay: error.retryDelay,
    bodyHeaders: error.headers,
    said: error.message,
    now,
  });
  const raw = error.words[0];
  return {
    fault,
    ...(status !== undefined && { status }),
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(raw !== undefined && { raw }),
    ...(error.message !== '' && { detail: error.message }),
  };
}

function faultOf(status: number | undefined, error: ErrorFacts, text: string, body: unknown): CallFault {
  if (status === 407) return 'proxy';
  if (status === 511 || (status !== undefined && status >= 300 && status < 400)) return 'not-the-provider';
  return (
    ofMoney(status, error) ??
    ofLength(status, error) ??
    ofContent(status, error) ??
    ofModel(status, error) ??
    ofKey(status, error) ??
    ofLoad(status, error) ??
    ofStatus(status, error, text, body)
  );
}

/** No money and a day's quota: waiting does not help, though the status is often the one of a rate limit. */
function ofMoney(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  if (status === 402) return 'quota';
  if (status !== undefined && ![400, 403, 429].includes(status)) return undefined;
  if (error.quotas.some(({ id, value }) => /per_?(day|month)/i.test(id) || value === '0')) return 'quota';
  if (error.hasWord(/billing|spend|credit|insufficient_(quota|funds|balance)|payment|on_hold|budget/i))
    return 'quota';
  if (error.says(/credit balance|insufficient (balance|funds|credits?|quota)|out of credits|more credits/i))
    return 'quota';
  if (
    error.says(
      /credits? (is|are|has been|have been) (depleted|exhausted|used)|(n't|not|no longer) have any credits/i,
    )
  )
    return 'quota';
  if (error.says(/budget (has been|was|is) exceeded|\bkey limit exceeded|out of [\w ]{0,20}\bquota/i))
    return 'quota';
  if (error.says(/(spend(ing)?|usage|billing)[\w ]{0,12} limit|not enough (balance|credits?)/i))
    return 'quota';
  if (error.says(/\bper[ _-]day\b|\b[RT]PD\b|\bdaily\b/i)) return 'quota';
  // Google says this sentence for a minute's limit too, and then names the limit instead of a word of money.
  const ofGoogle = error.hasWord(/^RESOURCE_EXHAUSTED$/);
  return !ofGoogle && error.says(/exceeded your current quota/i) ? 'quota' : undefined;
}

function ofLength(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  // Groq says so of a request that is longer than a minute's tokens: to another provider it may not be.
  if (status === 413) return error.hasWord(/rate_?limit/i) ? 'rate-limited' : 'context-too-long';
  if (status !== undefined && ![400, 422, 500].includes(status)) return undefined;
  if (
    error.hasWord(
      /^(request_too_large|context_length_exceeded|exceed_context_size_error|context_window_exceeded)$/,
    )
  )
    return 'context-too-long';
  const isLength =
    error.says(/(prompt|input|request|messages?)( is| are)? too (long|large)/i) ||
    error.says(/context[ _-]?(length|window|size|limit)/i) ||
    error.says(/token count[^.]{0,60}exceeds|(input|prompt)[^.]{0,60}tokens?[^.]{0,60}exceed/i) ||
    error.says(/(input|prompt)[^.]{0,60}tokens?[^.]{0,60}must be (<|less|at most|smaller)/i) ||
    error.says(/reduce the length of (the|your) (messages|prompt|input)/i);
  return isLength ? 'context-too-long' : undefined;
}

function ofContent(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  if (status !== undefined && ![400, 403, 422, 451, 500].includes(status)) return undefined;
  if (
    error.hasWord(
      /content_?(policy|filter)|responsible_?ai|moderation|^(safety|prohibited_content|refusal|invalid_prompt)$/i,
    )
  )
    return 'content-blocked';
  return error.says(
    /content (policy|filter|management)|usage polic(y|ies)|safety system|blocked by .{0,30}safety|\b(was|been) flagged\b|requires moderation/i,
  )
    ? 'content-blocked'
    : undefined;
}

function ofModel(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  if (error.hasWord(/model_?(not_?(found|supported|available|active)|decommissioned|deprecated|retired)/i))
    return 'model-gone';
  if (status !== undefined && ![400, 403, 404, 410, 422].includes(status)) return undefined;
  return error.says(
    /\bmodel\b.{0,120}(not exist|not found|decommissioned|been (retired|deprecated|removed)|no longer)/i,
  ) || error.says(/(unknown|invalid|no such|not a valid) model\b/i)
    ? 'model-gone'
    : undefined;
}

function ofKey(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  if (status === 401 || status === 451) return 'auth';
  if (
    error.hasWord(
      /^(authentication_error|permission_error|invalid_api_key|api_key_.+|unauthenticated|permission_denied|unsupported_country.*|service_disabled|consumer_.+|access_denied)$/i,
    )
  )
    return 'auth';
  if (status !== 400) return undefined;
  // Google's word for a region where it does not serve.
  if (error.hasWord(/^FAILED_PRECONDITION$/)) return 'auth';
  return error.says(
    /api[ _-]?key.{0,40}(invalid|expired|missing|not valid|revoked)|(invalid|incorrect|missing) api[ _-]?key|(organization|account) has been (disabled|suspended|deactivated)/i,
  )
    ? 'auth'
    : undefined;
}

function ofLoad(status: number | undefined, error: ErrorFacts): CallFault | undefined {
  if (status === 429) return 'rate-limited';
  if (status === 503 || status === 529) return 'overloaded';
  if (error.hasWord(/overloaded|^unavailable$|service_unavailable|over_?capacity|capacity_exceeded/i))
    return 'overloaded';
  if (error.hasWord(/rate_?limit|^slow_down$|^too_?many_?requests$|^resource_exhausted$|throttl/i))
    return 'rate-limited';
  return undefined;
}

function ofStatus(status: number | undefined, error: ErrorFacts, text: string, body: unknown): CallFault {
  if (status === undefined) return ofWord(error);
  if (status === 408) return 'timeout';
  if (status === 409 || status === 425 || (status >= 500 && status < 600)) return 'server';
  // Nobody here has cancelled it, so somebody there has.
  if (status === 499) return 'server';
  if (status < 400 || status >= 600) return 'invalid-response';
  // A page is never the voice of an API that refuses a request: something stands between.
  if (text.trim() !== '' && !isVendors(body)) return 'not-the-provider';
  if (status === 403) return 'auth';
  // Groq's words for an answer of the model's that it could not read itself.
  if (error.hasWord(/^tool_use_failed$/)) return 'malformed-tool-call';
  if (error.hasWord(/^json_validate_failed$/)) return 'incomplete';
  if (status === 404 || status === 410)
    return error.says(/^not found$|invalid url|unknown (url|path|route|endpoint|request url)/i)
      ? 'not-the-provider'
      : 'model-gone';
  return 'invalid-request';
}

/** Refusals inside a response that began well have no status, so the vendor's word is all there is. */
function ofWord(error: ErrorFacts): CallFault {
  if (
    error.hasWord(
      /^(api_error|server_error|internal|internal_.*|unknown|timeout_error|deadline_exceeded|aborted|data_loss)$/i,
    )
  )
    return 'server';
  if (error.hasWord(/^not_found(_error)?$/i)) return 'model-gone';
  if (error.hasWord(/^(invalid_request(_error)?|invalid_argument|out_of_range|unimplemented)$/i))
    return 'invalid-request';
  // Anything new proves nothing.
  return 'incomplete';
}

function isVendors(body: unknown): boolean {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(first)) return false;
  return (
    first['error'] !== undefined ||
    (first['type'] ?? first['object']) === 'error' ||
    first['message'] !== undefined ||
    first['detail'] !== undefined
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
