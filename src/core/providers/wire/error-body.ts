import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';

/** What a vendor's error says, whichever vendor's. */
export interface ErrorFacts {
  /** Types, codes, states and reasons, the most exact first: "insufficient_quota", "RESOURCE_EXHAUSTED". */
  readonly words: readonly string[];
  readonly message: string;
  /** Told in the body: `{"error": {"code": 429}}`. */
  readonly status?: number;
  /** Limits that Google names, with their amount. */
  readonly quotas: readonly { readonly id: string; readonly value?: string }[];
  /** "34s", as Google's RetryInfo tells it. */
  readonly retryDelay?: string;
  /** Headers of the server behind a gateway, as OpenRouter hands them on. */
  readonly headers?: Headers;
  hasWord(pattern: RegExp): boolean;
  says(pattern: RegExp): boolean;
}

/** Never throws: whatever the body is, it says something or nothing. */
export function errorFactsOf(body: unknown): ErrorFacts {
  const outer = firstObject(body);
  const inner = outer['error'];
  const error = isJsonObject(inner) ? inner : outer;
  const details = details_(error);
  const words = [
    ...details.flatMap((detail) => [detail['reason'], detail['error_code']]),
    error['code'],
    error['type'],
    error['status'],
    // Azure's reason of its content filter stands one level deeper.
    isJsonObject(error['innererror']) ? error['innererror']['code'] : undefined,
  ].filter(
    (word): word is string => typeof word === 'string' && /^[\w.:-]{1,80}$/.test(word) && word !== 'error',
  );
  const message = [error['message'], inner, outer['message'], outer['detail']].find(
    (text): text is string => typeof text === 'string',
  );
  const status = [error['code'], error['status'], outer['status'], outer['code']].map(Number).find(isStatus);
  const headers = headersIn(error);
  const retryDelay = details.map((detail) => detail['retryDelay']).find((delay) => typeof delay === 'string');
  return {
    words,
    message: (message ?? '').slice(0, 2000),
    quotas: details.flatMap(quotasOf),
    ...(status !== undefined && { status }),
    ...(retryDelay !== undefined && { retryDelay }),
    ...(headers !== undefined && { headers }),
    hasWord: (pattern) => words.some((word) => pattern.test(word)),
    says: (pattern) => message !== undefined && pattern.test(message.slice(0, 2000)),
  };
}

/** Google sends a list around it where a stream was asked for. */
function firstObject(body: unknown): JsonObject {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  return isJsonObject(first) ? first : {};
}

function details_(error: JsonObject): readonly JsonObject[] {
  const told = error['details'];
  if (isJsonObject(told)) return [told];
  return Array.isArray(told) ? (told as readonly JsonValue[]).filter(isJsonObject) : [];
}

function headersIn({ metadata }: JsonObject): Headers | undefined {
  const told = isJsonObject(metadata) ? metadata['headers'] : undefined;
  if (!isJsonObject(told)) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(told))
    if (/^[\w-]+$/.test(name) && typeof value === 'string' && /^[\x20-\x7e]*$/.test(value))
      headers.set(name, value);
  return headers;
}

function quotasOf(detail: JsonObject): { id: string; value?: string }[] {
  const violations = detail['violations'];
  if (!Array.isArray(violations)) return [];
  return (violations as readonly JsonValue[]).filter(isJsonObject).map((violation) => {
    const { quotaId, quotaMetric, quotaValue } = violation;
    const id = typeof quotaId === 'string' ? quotaId : typeof quotaMetric === 'string' ? quotaMetric : '';
    return { id, ...(typeof quotaValue === 'string' && { value: quotaValue }) };
  });
}

function isStatus(code: number): boolean {
  return Number.isInteger(code) && code >= 400 && code < 600;
}
