import type { JsonObject, JsonValue } from '../base/json';
import { KNOWN_PROVIDERS } from '../model/provider-names';
import { MODELS } from '../providers/model-table';

const text = (description: string): JsonObject => ({ type: 'string', description });
const flag = (description: string): JsonObject => ({ type: 'boolean', description });
const count = (description: string, minimum: number): JsonObject => ({
  type: 'integer',
  minimum,
  description,
});
const amount = (description: string): JsonObject => ({ type: 'number', exclusiveMinimum: 0, description });
const words = (description: string, ...values: string[]): JsonObject => ({ enum: values, description });
const oneOrMore = (description: string): JsonObject => ({
  oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  description,
});
/** Words that are offered, and any other text. */
const suggested = (values: readonly string[]): JsonObject => ({
  anyOf: [{ enum: values }, { type: 'string' }],
});
const providers = (description: string): JsonObject => ({
  anyOf: [
    ...(suggested(KNOWN_PROVIDERS)['anyOf'] as JsonObject[]),
    { type: 'array', items: suggested(KNOWN_PROVIDERS) },
  ],
  description,
});
const duration = (description: string): JsonObject => ({
  oneOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$' },
  ],
  description,
});
const object = (
  properties: JsonObject,
  required: readonly string[] = [],
  description?: string,
): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
  ...(description === undefined ? {} : { description }),
});

const retryRule = object({
  max: count('Further attempts after the first.', 0),
  delay: duration('Before the first further attempt. Default 1s.'),
  backoff: { type: 'number', minimum: 1, description: 'Factor from one delay to the next. Default 2.' },
  maxDelay: duration('No delay is longer. Default 30s.'),
  jitter: flag('Spread the delays. Default true.'),
  on: {
    oneOf: [
      { const: 'any' },
      {
        type: 'array',
        items: { enum: ['error', 'timeout', 'rate_limit', 'server_error', 'network_error', 'killed'] },
      },
    ],
    description: 'Which failures. Default: every recorded one.',
  },
});

const approval: JsonObject = {
  oneOf: [
    { type: 'boolean' },
    object({
      message: text('What the person is asked.'),
      when: words('Before or after the work. Default after.', 'after', 'before'),
      show: oneOrMore('artifacts, diff, or values like steps.lint.output.'),
      allow: {
        type: 'array',
        items: { enum: ['approve', 'modify', 'retry', 'skip', 'cancel'] },
        description: 'Decisions that are offered. Default all.',
      },
      approvers: oneOrMore('Who may decide. Default anyone.'),
      expires: duration('How long the gate waits.'),
      onExpire: words('What happens then. Default pause.', 'pause', 'skip', 'cancel', 'approve'),
    }),
  ],
  description: 'A person decides before the run goes on.',
};

const step = object(
  {
    key: text('Unique name of the step: letters, digits, - and _.'),
    name: text('Title for people; alone it makes the key.'),
    description: text('What the step is for.'),
    agent: text('Who does it, e.g. security. Without it the agent is chosen by what there is to do.'),
    action: text('What an agent does, e.g. scan-vulnerabilities.'),
    prompt: text('What a model is asked. {{ inputs.x }} and {{ steps.y.output }} are filled in.'),
    with: {
      type: 'object',
      description: 'Arguments of the action. "${{ expression }}" gives a typed value.',
    },
    run: oneOrMore('A shell command, or a program and its arguments. Values arrive as BATON_INPUT_<NAME>.'),
    dependsOn: oneOrMore('Keys of the steps this one waits for.'),
    if: { type: ['string', 'boolean'], description: 'Expression; the step is skipped when it is false.' },
    continueOnError: flag('Steps after this one run even if it fails.'),
    onError: words('ask: a person decides when attempts are used up.', 'fail', 'ask'),
    retry: {
      oneOf: [{ type: 'integer', minimum: 0 }, retryRule, { type: 'array', items: retryRule }],
      description: 'Further attempts after a failure. In a list the first match wins.',
    },
    timeout: duration('For one attempt. A bare number is milliseconds.'),
    idempotent: flag('Running it twice does no harm.'),
    provider: providers(
      'Who is asked first, in order. A preference where the local engine knows the action; "local" asks no model.',
    ),
    model: {
      ...suggested(MODELS.filter(({ status }) => status === 'current').map(({ id }) => id)),
      description: 'A model, or "provider/model". Default: the one chosen for the provider.',
    },
    maxTokens: count('Tokens of one answer at most.', 1),
    temperature: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'From 0 (always alike) to 1. Newer models take none.',
    },
    approval,
    output: object({
      schema: { type: 'object', description: 'JSON Schema of the result.' },
      artifacts: oneOrMore('Globs of files that are kept.'),
    }),
    writes: oneOrMore('Globs of workspace files the step may write.'),
  },
  ['key'],
);

const phase = object(
  {
    id: text('Unique name of the phase.'),
    name: text('Title for people.'),
    description: text('What the phase is for.'),
    agent_type: text('Who does it.'),
    method: text('What the agent does.'),
    dependencies: oneOrMore('Ids of the phases this one waits for.'),
    approval_required: flag('A person decides before the run goes on.'),
    timeout: duration('For one attempt. A bare number is seconds.'),
    max_retries: count('Further attempts after a failure.', 0),
  },
  ['id'],
);

const input = object({
  type: words('Default string.', 'string', 'number', 'boolean', 'choice', 'json'),
  description: text('Shown when the value is asked for.'),
  required: flag('The run does not start without it.'),
  default: { description: 'Used when no value is given.' },
  options: { type: 'array', items: { type: 'string' }, description: 'The values of a choice.' },
});

/** The own format as JSON Schema, for editors that check JSON and YAML by it. The parser knows more. */
export const workflowJsonSchema: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Baton workflow',
  type: 'object',
  properties: {
    name: text('Name of the workflow.'),
    version: text('Version of the workflow.'),
    description: text('What the workflow is for.'),
    author: text('Who wrote it.'),
    tags: oneOrMore('Words to find it by.'),
    inputs: {
      type: 'object',
      additionalProperties: {
        oneOf: [input, { type: ['string', 'number', 'boolean', 'null'] }],
      } as JsonValue,
      description: 'Values asked for when a run starts.',
    },
    config: object({
      parallelism: count('At most this many steps at once. Default 5.', 1),
      timeout: duration('For the whole run; waiting does not count.'),
      retries: count('Further attempts of steps that say nothing.', 0),
      continueOnError: flag('For steps that say nothing.'),
      failFast: flag('A failure cancels independent steps. Default false.'),
      checkpoint: words('What is listed as a checkpoint. Default level.', 'level', 'step', 'none'),
      approvals: words('Can only be stricter than what the person chose.', 'interactive', 'batch', 'auto'),
      budget: object(
        {
          usd: amount('US dollars that the models of one run may cost.'),
          tokens: count('Tokens of all model calls of one run, questions and answers together.', 1),
          minutes: amount('Minutes of work after which no model is asked any more.'),
          onExceed: words('At a cap: a person is asked, or the run stops. Default ask.', 'ask', 'stop'),
        },
        [],
        'Caps of one run, held before each model call.',
      ),
      routing: words(
        'Which of several usable models is asked first. Default: your own setting.',
        'priority',
        'cheapest',
        'fastest',
      ),
      responseCache: flag('Identical requests are answered from disk and cost nothing. Default false.'),
    }),
    providers: object(
      { order: providers('For steps that name none, after their own.') },
      [],
      'Who is asked for a model, in order.',
    ),
    env: {
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      description:
        "The workflow's own variables, for commands. A value may name a secret: ${{ secrets.NAME }}; it reaches commands only.",
    },
    steps: { type: 'array', items: step, minItems: 1, description: 'What is done.' },
    phases: {
      type: 'array',
      items: phase,
      minItems: 1,
      description: 'What is done, in the words of phases files.',
    },
  },
  anyOf: [{ required: ['steps'] }, { required: ['phases'] }],
};
