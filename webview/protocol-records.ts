import * as z from 'zod/mini';

const text = z.string();
const action = z.enum(['approve', 'modify', 'retry', 'skip', 'cancel']);
const jsonObject = z.record(z.string(), z.json());

// The host is the same program, so its records are checked for the shape that drawing relies on, not field by field.
const model = z.looseObject({ provider: text, model: text });
const usage = z.looseObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  usd: z.optional(z.number()),
  estimated: z.boolean(),
});
const budget = z.looseObject({
  scope: z.enum(['run', 'day', 'price']),
  unit: z.enum(['usd', 'tokens', 'minutes']),
  cap: z.number(),
  spent: z.number(),
  reserved: z.number(),
  needed: z.number(),
  raiseTo: z.number(),
  model,
});
const call = z.looseObject({
  status: z.enum(['asked', 'answered', 'failed', 'lost']),
  chosen: model,
  failures: z.array(z.looseObject({ model, fault: text, message: text })),
  usage: z.optional(usage),
});
const change = z.looseObject({ path: text });
const askedCall = z.looseObject({
  key: text,
  agent: text,
  tool: text,
  why: text,
  shown: z.looseObject({}),
  effects: z.array(z.looseObject({})),
  hash: text,
});
const approval = z.looseObject({
  id: text,
  kind: text,
  step: text,
  title: text,
  summary: text,
  shown: z.looseObject({
    artifacts: z.array(z.looseObject({ hash: text, path: text })),
    budget: z.optional(budget),
    calls: z.optional(z.array(askedCall)),
    changes: z.optional(z.array(change)),
  }),
  shownHash: text,
  allow: z.array(action),
  next: z.array(text),
  requestedAt: z.number(),
});
const progress = z.looseObject({ percentage: z.number(), elapsedMs: z.number() });
const report = z.optional(z.looseObject({ hash: text, path: text, summary: text }));
const runSnapshot = z.looseObject({
  state: z.looseObject({
    runId: text,
    seq: z.number(),
    definition: z.looseObject({
      name: text,
      steps: z.array(z.looseObject({ key: text, title: text, dependsOn: z.array(text) })),
    }),
    source: z.looseObject({ lines: z.record(z.string(), z.number()) }),
    startedAt: z.number(),
    phase: text,
    steps: z.record(z.string(), z.looseObject({ key: text, status: text, attempt: z.number() })),
    openApprovals: z.record(z.string(), approval),
    closedApprovals: z.array(z.looseObject({ approval })),
    spent: z.looseObject({
      inputTokens: z.number(),
      outputTokens: z.number(),
      usd: z.number(),
      calls: z.number(),
      unpriced: z.array(text),
    }),
    caps: z.looseObject({ usd: z.optional(z.number()), tokens: z.optional(z.number()) }),
    calls: z.record(z.string(), z.array(call)),
    tools: z.record(z.string(), z.array(z.looseObject({ tool: text, status: text }))),
    changes: z.record(z.string(), z.array(change)),
    talk: z.looseObject({
      participants: z.record(z.string(), z.looseObject({ step: text })),
      messages: z.array(z.looseObject({ type: text, from: text, to: z.array(text) })),
      shared: z.record(z.string(), z.looseObject({ version: z.number(), by: text })),
    }),
  }),
  plan: z.looseObject({
    levels: z.array(z.array(text)),
    edges: z.array(z.looseObject({ from: text, to: text })),
    order: z.array(text),
  }),
  progress,
  live: z.record(z.string(), text),
  interrupted: z.boolean(),
  runsIn: z.optional(text),
  report,
  now: z.number(),
});
export const hostMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('run-snapshot'), run: runSnapshot }),
  z.looseObject({
    type: z.literal('run-events'),
    events: z.array(z.looseObject({ type: text, runId: text, seq: z.number(), at: z.number() })),
    progress,
    report,
    interrupted: z.boolean(),
    now: z.number(),
  }),
  z.looseObject({
    type: z.literal('run-live'),
    step: text,
    text: z.optional(text),
    fraction: z.optional(z.number()),
    usage: z.optional(usage),
    settled: z.optional(z.literal(true)),
    restarted: z.optional(z.literal(true)),
    voided: z.optional(text),
  }),
  z.looseObject({ type: z.literal('run-missing'), message: text }),
  z.looseObject({
    type: z.literal('inputs-form'),
    workflow: text,
    description: z.optional(text),
    inputs: z.record(
      z.string(),
      z.looseObject({
        type: z.enum(['string', 'number', 'boolean', 'choice', 'json']),
        required: z.boolean(),
      }),
    ),
    values: jsonObject,
  }),
  z.looseObject({
    type: z.literal('approvals'),
    items: z.array(
      z.looseObject({
        runId: text,
        workflow: text,
        runStartedAt: z.number(),
        rehearsal: z.boolean(),
        approval,
        runsIn: z.optional(text),
      }),
    ),
    lastRun: z.optional(z.looseObject({ runId: text, title: text, status: text })),
    now: z.number(),
  }),
  z.looseObject({ type: z.literal('reveal-step'), step: text }),
  z.looseObject({ type: z.literal('reveal-approval'), approvalId: text }),
  z.looseObject({
    type: z.literal('diffs'),
    runId: text,
    diffs: z.array(
      z.looseObject({
        path: text,
        before: z.optional(text),
        after: z.optional(text),
        added: z.optional(z.number()),
        removed: z.optional(z.number()),
        text: z.optional(text),
        problem: z.optional(text),
      }),
    ),
  }),
  z.looseObject({ type: z.literal('refused'), message: text, approvalId: z.optional(text) }),
]);
