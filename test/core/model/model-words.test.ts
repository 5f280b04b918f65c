import { describe, expect, it } from 'vitest';
import { budgetWords, checkAmount, enoughFor, readAmount } from '../../../src/core/model/budget-words';
import { costOfRun, heldBack, sharesOf, summaryOf } from '../../../src/core/model/call-summary';
import {
  cutInputLine,
  faultAfter,
  faultNoun,
  fallLine,
  fellOver,
  providerTitle,
} from '../../../src/core/model/fault-words';
import {
  nothingSpent,
  type BudgetQuestion,
  type CallFault,
  type ModelCall,
} from '../../../src/core/model/model-call';
import { formatAmount, formatCost, formatTokens, formatUsd } from '../../../src/core/model/spending-words';

const claude = { provider: 'claude', model: 'sonnet' };
const gemini = { provider: 'gemini', model: 'flash' };

function call(more: Partial<ModelCall> = {}): ModelCall {
  return {
    step: 'review',
    attempt: 1,
    call: 1,
    status: 'answered',
    chosen: gemini,
    chain: [claude, gemini],
    why: 'priority',
    failures: [],
    askedAt: 0,
    ...more,
  };
}
const failed = (model: typeof claude, fault: CallFault) => ({ model, fault, message: 'no' });

describe('a call that fell over', () => {
  it('is told in one line: who failed and why, and who answered', () => {
    const fell = call({ failures: [failed(claude, 'overloaded')] });
    expect(fallLine(fell)).toBe('Claude overloaded, answered by Gemini');
    expect(fellOver(fell)).toBe(true);
  });

  it.each([
    ['asked', 'Claude overloaded, asking Gemini'],
    ['failed', 'Claude overloaded, nobody answered'],
    ['lost', 'Claude overloaded, interrupted'],
  ] as const)('says how it stands when it is %s', (status, line) => {
    expect(fallLine(call({ status, failures: [failed(claude, 'overloaded')] }))).toBe(line);
  });

  it('says a fault that repeats once, and names models where a provider alone is not enough', () => {
    const failures = [failed(claude, 'server'), failed(claude, 'server')];
    expect(fallLine(call({ chosen: claude, failures }))).toBe('Claude had a fault of its own, then answered');
    expect(fellOver(call({ chosen: claude, failures }))).toBe(false);
    const other = { provider: 'claude', model: 'haiku' };
    expect(fallLine(call({ chosen: other, failures: [failed(claude, 'timeout')] }))).toBe(
      'Claude (sonnet) did not answer in time, answered by Claude (haiku)',
    );
  });

  it('has nothing to tell when nothing failed, and plain words for a fault of a later version', () => {
    expect(fallLine(call())).toBeUndefined();
    expect(faultAfter('constructor' as CallFault)).toBe('did not answer');
    expect(faultNoun('unheard-of' as CallFault)).toBe('no answer');
    expect(providerTitle('constructor')).toBe('constructor');
    expect(providerTitle('my-server')).toBe('my-server');
  });
});

describe('a call of which the server read a part only', () => {
  it('says how much it read, and how that is mended', () => {
    expect(cutInputLine(call({ cutInput: { read: 2_050, sent: 7_900 } }))).toBe(
      'Gemini read only 2,050 of about 7,900 tokens that were sent: its context is full. Start the server with a larger one (Ollama: OLLAMA_CONTEXT_LENGTH) or send less',
    );
    expect(cutInputLine(call())).toBeUndefined();
  });
});

describe('amounts', () => {
  it.each([
    [0, '0'],
    [812, '812'],
    [1_000, '1k'],
    [12_345, '12.3k'],
    [99_960, '100k'],
    [123_456, '123k'],
    [999_600, '1M'],
    [1_240_000, '1.2M'],
  ])('%d tokens are %s', (tokens, text) => expect(formatTokens(tokens)).toBe(text));

  it.each([
    [0, '$0.00'],
    [0.04, '$0.04'],
    [0.0099, '$0.0099'],
    [0.00997, '$0.01'],
    [0.002_13, '$0.0021'],
    [0.002, '$0.002'],
    [0.000_13, '$0.00013'],
    [0.000_001, '<$0.0001'],
    [12.345, '$12.35'],
    [1_234_567.8, '$1,234,567.80'],
  ])('%d dollars are %s', (usd, text) => expect(formatUsd(usd)).toBe(text));

  it('of unknown price are never nothing', () => {
    expect(formatCost({ usd: 0.04, estimated: true, unpriced: false })).toBe('~$0.04');
    expect(formatCost({ estimated: false, unpriced: true })).toBe('unpriced');
    expect(formatCost({ usd: 0, estimated: false, unpriced: true })).toBe('unpriced');
    expect(formatCost({ usd: 0.04, estimated: false, unpriced: true })).toBe('$0.04 + unpriced');
    expect(formatCost({ estimated: false, unpriced: false })).toBe('');
    expect(formatCost(costOfRun({ ...nothingSpent, calls: 2, unpriced: ['ollama/x'] }))).toBe('unpriced');
  });

  it('carry the unit of their cap', () => {
    expect(formatAmount('tokens', 20_000)).toBe('20k tokens');
    expect(formatAmount('minutes', 1)).toBe('1 minute');
    expect(formatAmount('minutes', 12.5)).toBe('12.5 minutes');
  });
});

describe('calls taken together', () => {
  const usage = { inputTokens: 1_000, outputTokens: 200, usd: 0.02, estimated: false };
  const calls = [
    call({ chosen: claude, usage }),
    call({
      call: 2,
      usage: { ...usage, usd: 0.01, estimated: true },
      failures: [{ ...failed(claude, 'incomplete'), usage }],
    }),
    call({ call: 3, chosen: claude, usage, cached: true }),
    call({ call: 4, status: 'asked', reserved: { inputTokens: 1_000, outputTokens: 4_000, usd: 0.09 } }),
  ];

  it('add up what was paid, failed requests too, and what the cache saved apart from it', () => {
    const summary = summaryOf(calls);
    expect(summary).toMatchObject({ calls: 4, inputTokens: 3_000, outputTokens: 600, cachedCalls: 1 });
    expect(summary.cost.usd).toBeCloseTo(0.05);
    expect(summary.cost.estimated).toBe(true);
    expect(summary.saved).toEqual({ usd: 0.02, estimated: false, unpriced: false });
    expect(summary.answeredBy).toEqual([gemini, claude]);
    expect(summaryOf(calls)).toBe(summary);
  });

  it('are told by provider, each paying for its own failures', () => {
    const shares = sharesOf({ review: calls });
    expect(shares.map(({ provider, calls: count, failures }) => [provider, count, failures])).toEqual([
      ['claude', 2, 1],
      ['gemini', 2, 0],
    ]);
    expect(shares[0]?.cost.usd).toBeCloseTo(0.04);
    expect(shares[1]?.cost.usd).toBeCloseTo(0.01);
    const total = shares.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
    expect(total).toBe(summaryOf(calls).inputTokens);
  });

  it('hold money back while they are under way', () => {
    expect(heldBack({ review: calls })).toEqual({ usd: 0.09, tokens: 5_000 });
  });
});

describe('the question about a budget', () => {
  const asked: BudgetQuestion = {
    scope: 'run',
    unit: 'usd',
    cap: 0.5,
    spent: 0.47,
    reserved: 0.01,
    needed: 0.09,
    raiseTo: 1,
    model: { provider: 'claude', model: 'claude-sonnet-4' },
  };

  it('says what is spent, what the next call may take, whom it asks and what a yes does', () => {
    const words = budgetWords(asked);
    expect(words.why).toContain('$0.09');
    expect(words.why).toContain('Claude (claude-sonnet-4)');
    expect(words.facts.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'Spent so far $0.47',
      'Held back $0.01',
      'Next call at most $0.09',
      'Budget $0.50',
    ]);
    expect(words.approve).toBe('Raise to $1.00');
    expect(enoughFor(asked)).toBeCloseTo(0.57);
  });

  it('tells small sums apart', () => {
    const small = { ...asked, cap: 0.011, spent: 0.002_98, needed: 0.010_885, reserved: 0, raiseTo: 0.022 };
    const words = budgetWords(small);
    expect(words.facts.map(({ value }) => value)).toEqual(['$0.003', 'at most $0.0109', '$0.011']);
    expect(words.approve).toBe('Raise to $0.022');
  });

  it('is another one for a day, for a model without a price and for time', () => {
    expect(budgetWords({ ...asked, scope: 'day' })).toMatchObject({
      question: 'Spend more today?',
      approve: 'Raise to $1.00 for today',
    });
    const price = budgetWords({ ...asked, scope: 'price' });
    expect(price.why).toContain('has no known price');
    expect(price.approve).toBe('Use It Anyway');
    const time = budgetWords({ ...asked, unit: 'minutes', cap: 10, spent: 10.2, raiseTo: 20 });
    expect(time.why).toContain('10.2 minutes');
    expect(time.approve).toBe('Raise to 20 minutes');
  });

  it.each([
    ['2.50', 2.5],
    ['$ 2.5', 2.5],
    ['.6', 0.6],
    ['1,500', 1_500],
    ['2k', 2_000],
  ])('reads "%s" as an amount', (text, amount) => expect(readAmount(asked, text)).toEqual({ amount }));

  it.each(['', 'much', '-3', '0.47', '0', '1e3', 'NaN', 'Infinity', '0x10', '1.2.3'])(
    'says what is wrong with "%s"',
    (text) => expect(readAmount(asked, text)).toHaveProperty('problem'),
  );

  it('counts tokens whole', () => {
    const tokens: BudgetQuestion = { ...asked, unit: 'tokens', cap: 1_000, spent: 900, raiseTo: 2_000 };
    expect(readAmount(tokens, '20k')).toEqual({ amount: 20_000 });
    expect(readAmount(tokens, '1000.5')).toEqual({ problem: 'Tokens are counted whole.' });
    expect(checkAmount(tokens, Number.POSITIVE_INFINITY)).toHaveProperty('problem');
  });
});
