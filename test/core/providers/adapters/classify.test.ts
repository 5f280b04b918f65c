import { describe, expect, it } from 'vitest';
import type { CallFault } from '../../../../src/core/model/model-call';
import { classify } from '../../../../src/core/providers/wire/classify';
import { networkFault } from '../../../../src/core/providers/wire/network-fault';
import { retryAfterMs } from '../../../../src/core/providers/wire/retry-after';

const now = Date.UTC(2026, 0, 1);
const fault = (status: number | undefined, body: unknown, headers: Record<string, string> = {}): CallFault =>
  classify({
    ...(status !== undefined && { status }),
    headers: new Headers(headers),
    text: typeof body === 'string' ? body : JSON.stringify(body),
    now,
  }).fault;
const openai = (message: string, code: string | null = null, type = 'invalid_request_error') => ({
  error: { message, type, code },
});
const anthropic = (type: string, message = 'x', details?: object) => ({
  type: 'error',
  error: { type, message, details },
});
const google = (code: number, status: string, message = 'x', details: object[] = []) => ({
  error: { code, status, message, details },
});
const quota = (quotaId: string, quotaValue?: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId, quotaValue }],
});

describe('a refusal', () => {
  const cases: readonly (readonly [string, CallFault, number | undefined, unknown])[] = [
    // Money and quota, whatever the status.
    ['no credits at a gateway', 'quota', 402, openai('This request requires more credits', null, 'x')],
    ['a billing error', 'quota', 402, anthropic('billing_error')],
    ['a billing error without a status', 'quota', undefined, anthropic('billing_error')],
    [
      'a spend limit of a month',
      'quota',
      429,
      openai('x', 'monthly_spend_limit_exceeded', 'insufficient_quota'),
    ],
    ['a hard limit', 'quota', 429, openai('x', 'billing_hard_limit_reached')],
    ['an account without billing', 'quota', 429, openai('x', 'billing_not_active')],
    ['no balance', 'quota', 402, openai('Insufficient Balance', 'invalid_request_error', 'unknown_error')],
    [
      'requests of a day',
      'quota',
      429,
      openai(
        'Rate limit reached for m on requests per day (RPD): Limit 200',
        'rate_limit_exceeded',
        'requests',
      ),
    ],
    [
      'free models of a day',
      'quota',
      429,
      { error: { code: 429, message: 'Rate limit exceeded: free-models-per-day' } },
    ],
    [
      'tokens of a day',
      'quota',
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'x', [quota('GenerateContentInputTokensPerModelPerDay')]),
    ],
    [
      'a limit of nothing',
      'quota',
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'x', [quota('GenerateRequestsPerMinute', '0')]),
    ],
    // Rate limits, though their sentence speaks of plan and billing.
    [
      'requests of a minute',
      'rate-limited',
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '15')],
      ),
    ],
    [
      'an exhausted resource',
      'rate-limited',
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    ],
    [
      'tokens of a minute',
      'rate-limited',
      429,
      openai(
        'Rate limit reached on tokens per min (TPM): Limit 1, Requested 2',
        'rate_limit_exceeded',
        'tokens',
      ),
    ],
    ['an empty 429', 'rate-limited', 429, ''],
    ['a page of a gateway', 'rate-limited', 429, '<html>Too many</html>'],
    ['a rate limit in a stream', 'rate-limited', undefined, anthropic('rate_limit_error')],
    // The length of a request.
    [
      'a long prompt',
      'context-too-long',
      400,
      anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    ],
    [
      'input and limit together',
      'context-too-long',
      400,
      anthropic(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      ),
    ],
    [
      'a maximum context',
      'context-too-long',
      400,
      openai("This model's maximum context length is 8192 tokens.", 'context_length_exceeded'),
    ],
    [
      'a local server',
      'context-too-long',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size',
          type: 'exceed_context_size_error',
        },
      },
    ],
    [
      'a list around it',
      'context-too-long',
      400,
      [
        google(
          400,
          'INVALID_ARGUMENT',
          'The input token count (2) exceeds the maximum number of tokens allowed (1).',
        ),
      ],
    ],
    [
      'an internal error that is one',
      'context-too-long',
      500,
      google(500, 'INTERNAL', 'The input token count (2) exceeds the maximum'),
    ],
    ['a proxy that refuses its size', 'context-too-long', 413, '<html>413 Request Entity Too Large</html>'],
    // A limit of the answer is no length of the request.
    [
      'too long an answer wished',
      'invalid-request',
      400,
      openai(
        'max_tokens is too large: 100000. This model supports at most 16384 completion tokens',
        'invalid_value',
      ),
    ],
    // Declined.
    [
      'a filter of Azure',
      'content-blocked',
      400,
      {
        error: { code: 'content_filter', message: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } },
      },
    ],
    [
      'a flagged prompt',
      'content-blocked',
      400,
      openai(
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
        'invalid_prompt',
      ),
    ],
    // Keys and rights.
    ['a wrong key', 'auth', 401, openai('Incorrect API key provided', 'invalid_api_key')],
    ['a right that is missing', 'auth', 403, anthropic('permission_error')],
    [
      'a region',
      'auth',
      403,
      openai(
        'Country, region, or territory not supported',
        'unsupported_country_region_territory',
        'request_forbidden',
      ),
    ],
    [
      'a region of Google',
      'auth',
      400,
      google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    ],
    [
      'an expired key',
      'auth',
      400,
      google(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'),
    ],
    ['an empty 401', 'auth', 401, ''],
    ['an empty 403', 'auth', 403, ''],
    // Models.
    ['a model that is gone', 'model-gone', 404, anthropic('not_found_error', 'model: claude-old')],
    [
      'a model of Google',
      'model-gone',
      404,
      google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta'),
    ],
    [
      'a model that may not be used',
      'model-gone',
      403,
      openai('Project does not have access to model x', 'model_not_found'),
    ],
    [
      'a model that was switched off',
      'model-gone',
      400,
      openai('The model x has been decommissioned', 'model_decommissioned'),
    ],
    ['a local model', 'model-gone', 404, { error: 'model "x" not found, try pulling it first' }],
    [
      'a model of a server with its own shape',
      'model-gone',
      404,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
    ],
    ['an empty 404', 'model-gone', 404, ''],
    // Not the vendor.
    ['a path that is not there', 'not-the-provider', 404, { detail: 'Not Found' }],
    ['a page that is not there', 'not-the-provider', 404, '<html>Not found</html>'],
    ['a page that forbids', 'not-the-provider', 403, '<!doctype html><title>Blocked</title>'],
    ['a portal', 'not-the-provider', 511, ''],
    ['a status of redirects', 'not-the-provider', 304, ''],
    ['a proxy', 'proxy', 407, '<html>Sign in</html>'],
    // Load and failure.
    ['overload', 'overloaded', 529, anthropic('overloaded_error')],
    ['overload with another status', 'overloaded', 500, anthropic('overloaded_error')],
    ['overload in a stream', 'overloaded', undefined, anthropic('overloaded_error')],
    ['a page of a balancer', 'overloaded', 503, '<html>Service Unavailable</html>'],
    ['a gateway', 'server', 502, '<html>Bad Gateway</html>'],
    ['a gateway that waited', 'server', 504, ''],
    ['a status between server and CDN', 'server', 522, 'error code: 522'],
    ['an error in a stream', 'server', undefined, anthropic('api_error')],
    ['a status inside', 'overloaded', undefined, { error: { code: 503, message: 'x' } }],
    [
      'a status inside a success',
      'rate-limited',
      undefined,
      { error: { code: 429, message: 'x', metadata: {} } },
    ],
    ['a conflict', 'server', 409, openai('x')],
    ['a timeout of theirs', 'timeout', 408, ''],
    // The request.
    [
      'a bad request',
      'invalid-request',
      400,
      anthropic('invalid_request_error', 'messages: roles must alternate'),
    ],
    ['an entity', 'invalid-request', 422, openai('x')],
    ['a bad argument in a stream', 'invalid-request', undefined, google(0, 'INVALID_ARGUMENT')],
    // Servers and gateways of other makers, each in its own words.
    [
      'depleted credits',
      'quota',
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'),
    ],
    [
      'no credits yet',
      'quota',
      403,
      { code: 'denied', error: "Your new team doesn't have any credits yet." },
    ],
    [
      'a key with a limit of its own',
      'quota',
      403,
      { error: { code: 403, message: 'Key limit exceeded (total limit).' } },
    ],
    [
      'a volume that is used up',
      'quota',
      403,
      { error: { code: '403', message: 'Out of call volume quota. Wait 12.11:00:00.' } },
    ],
    [
      'a budget of a gateway',
      'quota',
      400,
      openai('Budget has been exceeded! Max budget: 1.0', '400', 'budget_exceeded'),
    ],
    [
      'a moderated prompt',
      'content-blocked',
      403,
      { error: { code: 403, message: 'Input was flagged', metadata: { reasons: ['x'] } } },
    ],
    [
      'a model that is no model',
      'model-gone',
      400,
      { error: { code: 400, message: 'x/y is not a valid model ID' } },
    ],
    [
      'a disabled account',
      'auth',
      400,
      anthropic('invalid_request_error', 'This organization has been disabled.'),
    ],
    [
      'a call that the server could not read',
      'malformed-tool-call',
      400,
      openai('Failed to call a function.', 'tool_use_failed'),
    ],
    [
      'JSON that the server could not read',
      'incomplete',
      400,
      openai('Failed to generate JSON.', 'json_validate_failed'),
    ],
    [
      'inputs that are too many',
      'context-too-long',
      422,
      openai('`inputs` tokens + `max_new_tokens` must be <= 8193'),
    ],
    [
      'more than a minute takes',
      'rate-limited',
      413,
      openai('Request too large', 'rate_limit_exceeded', 'tokens'),
    ],
    ['what was cancelled over there', 'server', 499, google(499, 'CANCELLED')],
    [
      'a field that is not known',
      'invalid-request',
      422,
      { detail: [{ loc: ['body', 'x'], msg: 'not permitted' }] },
    ],
    ['a path that is not known', 'not-the-provider', 404, { detail: 'Not Found' }],
    // Anything new.
    ['an unknown word', 'incomplete', undefined, { error: { type: 'new_kind', message: 'x' } }],
    ['an unknown status', 'invalid-response', 999, ''],
    ['nothing', 'incomplete', undefined, ''],
  ];
  it.each(cases)('for %s is %s', (_what, expected, status, body) => {
    expect(fault(status, body)).toBe(expected);
  });

  it('never throws, whatever it is', () => {
    for (const body of [
      '{"error":null}',
      '[]',
      '[null]',
      '{"error":[]}',
      '{"error":{"details":[1,null,{"violations":[1]}]}}',
      '{"error":{"code":{}}}',
      '\u0000',
    ])
      for (const status of [undefined, 200, 400, 429, 500]) expect(fault(status, body)).toMatch(/^[a-z-]+$/);
  });
});

describe('how long to wait', () => {
  const wait = (headers: Record<string, string>, bodyDelay?: string) =>
    retryAfterMs({ headers: new Headers(headers), bodyDelay, now });
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['parts of a second', { 'retry-after': '0.5' }, 500],
    ['nothing', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [
      'a date by the clock over there',
      { 'retry-after': 'Thu, 01 Jan 2026 01:00:30 GMT', date: 'Thu, 01 Jan 2026 01:00:00 GMT' },
      30_000,
    ],
    ['a date that is over', { 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    ['a negative number', { 'retry-after': '-1' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    [
      'the limit that is used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m30s',
        'x-ratelimit-remaining-tokens': '5',
        'x-ratelimit-reset-tokens': '2h',
      },
      90_000,
    ],
    ['six milliseconds', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6ms' }, 6],
    [
      'an instant',
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:12Z',
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:20Z',
      },
      20_000,
    ],
    [
      'an instant in milliseconds',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 4000) },
      4000,
    ],
    ['Azure\u2019s milliseconds', { 'x-ms-retry-after-ms': '750' }, 750],
    ['seconds with their unit', { 'retry-after': '5s' }, 5000],
    ['all of it in one header', { ratelimit: '"default";r=0;t=50' }, 50_000],
    ['all of it in one header, as it was', { ratelimit: 'limit=10, remaining=0, reset=7' }, 7000],
    ['one header that has some left', { ratelimit: '"default";r=4;t=50' }, undefined],
    ['a limit that is none', { 'x-ratelimit-remaining': 'unlimited', 'x-ratelimit-reset': '60' }, undefined],
    ['a limit below nothing', { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '60' }, undefined],
    [
      'nothing that is used up',
      { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1m' },
      undefined,
    ],
  ])('is read from %s', (_what, headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });

  it('is read from the body', () => {
    expect(wait({}, '34.07s')).toBe(34_070);
    expect(wait({ 'retry-after': '2' }, '34s')).toBe(2000);
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }];
    const text = JSON.stringify(google(429, 'RESOURCE_EXHAUSTED', 'x', details));
    expect(classify({ status: 429, headers: new Headers(), text, now })).toMatchObject({
      fault: 'rate-limited',
      retryAfterMs: 34_000,
    });
  });
});

describe('how long to wait, told in words', () => {
  const wait = (body: object, headers: Record<string, string> = {}) =>
    classify({ status: 429, headers: new Headers(headers), text: JSON.stringify(body), now }).retryAfterMs;

  it.each([
    ['Rate limit reached on requests per min (RPM). Please try again in 20s. Visit the page.', 20_000],
    ['Please try again in 1.2s.', 1200],
    ['Please try again in 7m12s.', 432_000],
    ['Please try again in 6ms.', 6],
    ['Please retry in 41.5s.', 41_500],
    ['Please retry after 6 seconds. To raise the limit, ask.', 6000],
    ['Please try again later.', undefined],
    ['Try again in a moment.', undefined],
  ])('"%s"', (message, expected) => {
    expect(wait(openai(message, 'rate_limit_exceeded'))).toBe(expected);
    expect(wait(openai(message, 'rate_limit_exceeded'), { 'retry-after': '3' })).toBe(3000);
  });

  it('by the headers that a gateway hands on in its body', () => {
    const headers = {
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(now + 9000),
      'b\u00e4d': 'x',
      y: 1,
    };
    expect(wait({ error: { code: 429, message: 'x', metadata: { headers } } })).toBe(9000);
  });
});

describe('a request without a response', () => {
  const failed = (code: string | undefined, message = 'x') =>
    new TypeError('fetch failed', {
      cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
    });
  it.each([
    ['ECONNREFUSED', 'network'],
    ['EAI_AGAIN', 'network'],
    ['ECONNRESET', 'network'],
    ['UND_ERR_CONNECT_TIMEOUT', 'network'],
    ['UND_ERR_SOCKET', 'network'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
  ])('because of %s is %s', (code, expected) => {
    expect(networkFault(failed(code))).toEqual({ fault: expected, raw: code });
    expect(networkFault(Object.assign(new Error('x'), { code })).fault).toBe(expected);
    expect(networkFault(new AggregateError([Object.assign(new Error('x'), { code })])).fault).toBe(expected);
  });

  it('is told by words where there is no code', () => {
    expect(networkFault(failed(undefined, 'unexpected redirect')).fault).toBe('not-the-provider');
    expect(networkFault(new Error('net::ERR_CERT_DATE_INVALID'))).toEqual({
      fault: 'tls',
      raw: 'ERR_CERT_DATE_INVALID',
    });
    expect(networkFault(new Error('net::ERR_PROXY_CONNECTION_FAILED')).fault).toBe('proxy');
    expect(networkFault(new Error('net::ERR_NAME_NOT_RESOLVED')).fault).toBe('network');
    expect(networkFault(failed(undefined, 'Proxy response (407) !== 200 when HTTP Tunneling')).fault).toBe(
      'proxy',
    );
    for (const odd of [undefined, null, 'text', 7, {}]) expect(networkFault(odd).fault).toBe('network');
  });
});
