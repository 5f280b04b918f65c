import { describe, expect, it } from 'vitest';
import { faults, read, told, valid } from './reading';

describe('a workflow in the own format', () => {
  it('is read whole', () => {
    const definition = valid(`
name: release
version: 1.10
description: Build and ship
author: Ada
tags: [ship, nightly]
inputs:
  branch: { type: string, default: main, required: true, description: What to build }
  level: { type: choice, options: [low, high], default: low }
  count: 3
config:
  parallelism: 2
  timeout: 15m
  failFast: true
  checkpoint: step
  approvals: interactive
env:
  REGION: north
  ROUNDS: 7
steps:
  - key: scan
    name: Security scan
    description: Look for holes
    agent: security
    action: scan-vulnerabilities
    with:
      depth: "\${{ inputs.count }}"
      note: on {{ inputs.branch }}
    provider: [claude, gemini]
    model: some-model
    timeout: 90s
    idempotent: true
    retry: { max: 2, delay: 2s, backoff: 3, maxDelay: 10s, jitter: false, on: [timeout, rate_limit] }
    output:
      schema: { type: object }
      artifacts: [reports/**]
    writes: [reports/**]
  - key: build
    run: [npm, run, build, "{{ inputs.branch }}"]
    dependsOn: [scan]
    if: \${{ success() && inputs.branch == 'main' && steps.scan.output.ok }}
    continueOnError: true
    onError: ask
    approval:
      message: Ship {{ inputs.branch }}?
      show: [artifacts, steps.scan.output.total, steps.build.output]
      allow: [approve, cancel]
      approvers: [ada]
      expires: 24h
      onExpire: cancel
  - key: report
    agent: writer
    prompt: Sum up {{ steps.scan.output.findings }}
    dependsOn: build
    approval: true
`);
    expect(JSON.parse(JSON.stringify(definition))).toEqual({
      name: 'release',
      version: '1.10',
      description: 'Build and ship',
      author: 'Ada',
      tags: ['ship', 'nightly'],
      inputs: {
        branch: { type: 'string', required: true, default: 'main', description: 'What to build' },
        level: { type: 'choice', required: false, default: 'low', options: ['low', 'high'] },
        count: { type: 'number', required: false, default: 3 },
      },
      config: {
        parallelism: 2,
        timeout: 900_000,
        failFast: true,
        checkpoint: 'step',
        approvals: 'interactive',
      },
      env: { REGION: 'north', ROUNDS: '7' },
      steps: [
        {
          key: 'scan',
          title: 'Security scan',
          description: 'Look for holes',
          agent: 'security',
          action: 'scan-vulnerabilities',
          with: { depth: '${{ inputs.count }}', note: 'on {{ inputs.branch }}' },
          dependsOn: [],
          continueOnError: false,
          onError: 'fail',
          retry: [
            {
              on: ['timeout', 'rate_limit'],
              max: 2,
              delay: 2000,
              backoff: 3,
              maxDelay: 10_000,
              jitter: false,
            },
          ],
          timeout: 90_000,
          idempotent: true,
          provider: ['claude', 'gemini'],
          model: 'some-model',
          output: { schema: { type: 'object' }, artifacts: ['reports/**'] },
          writes: ['reports/**'],
        },
        {
          key: 'build',
          title: 'build',
          run: ['npm', 'run', 'build', '{{ inputs.branch }}'],
          with: {},
          dependsOn: ['scan'],
          condition: "success() && inputs.branch == 'main' && steps.scan.output.ok",
          continueOnError: true,
          onError: 'ask',
          retry: [],
          approval: {
            when: 'after',
            message: 'Ship {{ inputs.branch }}?',
            show: ['artifacts', 'steps.scan.output.total', 'steps.build.output'],
            allow: ['approve', 'cancel'],
            approvers: ['ada'],
            expires: 86_400_000,
            onExpire: 'cancel',
          },
        },
        {
          key: 'report',
          title: 'report',
          agent: 'writer',
          prompt: 'Sum up {{ steps.scan.output.findings }}',
          with: {},
          dependsOn: ['build'],
          continueOnError: false,
          onError: 'fail',
          retry: [],
          approval: {
            when: 'after',
            show: [],
            allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
            onExpire: 'pause',
          },
        },
      ],
    });
  });

  it('has a plan, the place of each step, and a hash that only its meaning changes', () => {
    const text = 'name: a\nsteps:\n  - key: one\n    run: ls\n  - { key: two, run: ls, dependsOn: [one] }\n';
    const parsed = read(text);
    expect(parsed.plan!.levels).toEqual([['one'], ['two']]);
    expect(parsed.positions['one']!.start).toEqual({ line: 3, column: 5 });
    expect(parsed.positions['two']!.start).toEqual({ line: 5, column: 5 });
    expect(read(`# a remark\n${text}`).hash).toBe(parsed.hash);
    expect(read(text.replace('run: ls', 'run: ls -l')).hash).not.toBe(parsed.hash);
    expect(parsed.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads the same from JSON, with positions', () => {
    const text = JSON.stringify(
      {
        name: 'pair',
        steps: [
          { key: 'lint', agent: 'quality', action: 'lint-code' },
          { key: 'scan', run: 'ls' },
        ],
      },
      null,
      2,
    );
    const parsed = read(text, 'workflows/pair.json');
    expect(told(parsed)).toEqual([]);
    expect(parsed.definition!.steps.map(({ key }) => key)).toEqual(['lint', 'scan']);
    expect(parsed.positions['scan']!.start.line).toBe(9);
    expect(read(text, 'workflows/pair.yaml').hash).toBe(parsed.hash);
  });

  it('knows the words of its neighbours for the same keys', () => {
    const parsed = read(`
name: aliases
steps:
  - id: first
    agent_type: security
    method: scan-vulnerabilities
    max_retries: 2
    approval_required: true
  - stepId: second
    run: ls
    needs: [first]
    when: always()
    optional: true
  - key: third
    run: ls
    depends_on: second
    required: false
    retries: 1
    timeoutMs: 5000
`);
    expect(told(parsed)).toEqual([]);
    const [first, second, third] = parsed.definition!.steps;
    expect(first).toMatchObject({ key: 'first', agent: 'security', action: 'scan-vulnerabilities' });
    expect(first!.retry[0]!.max).toBe(2);
    expect(first!.approval!.when).toBe('after');
    expect(second).toMatchObject({ dependsOn: ['first'], condition: 'always()', continueOnError: true });
    expect(third).toMatchObject({ dependsOn: ['second'], continueOnError: true, timeout: 5000 });
    expect(parsed.mappings.map(({ source, note }) => `${source} -> ${note}`)).toEqual([
      'steps[0].id -> steps[0].key',
      'steps[0].agent_type -> steps[0].agent',
      'steps[0].method -> steps[0].action',
      'steps[0].max_retries -> steps[0].retry[0].max = 2',
      'steps[0].approval_required -> steps[0].approval',
      'steps[1].stepId -> steps[1].key',
      'steps[1].needs -> steps[1].dependsOn',
      'steps[1].when -> steps[1].if',
      'steps[1].optional -> steps[1].continueOnError',
      'steps[2].depends_on -> steps[2].dependsOn',
      'steps[2].required -> steps[2].continueOnError = true',
      'steps[2].retries -> steps[2].retry[0].max = 1',
      'steps[2].timeoutMs -> steps[2].timeout = 5000 ms',
    ]);
  });

  it('takes a name as title beside a key, and alone as the key', () => {
    const parsed = read(
      'name: a\nsteps:\n  - {key: one, name: The First, run: ls}\n  - {name: Then This, run: ls, dependsOn: [one]}\n  - {key: last, run: ls, dependsOn: [Then This]}\n',
    );
    expect(parsed.definition!.steps.map(({ key, title }) => [key, title])).toEqual([
      ['one', 'The First'],
      ['then-this', 'Then This'],
      ['last', 'last'],
    ]);
    expect(parsed.definition!.steps[2]!.dependsOn).toEqual(['then-this']);
    expect(faults(parsed)).toEqual(['4:12 key-from-name']);
  });

  it('counts a bare timeout in milliseconds in steps and in seconds in phases', () => {
    const both =
      'name: a\nsteps:\n  - {key: one, run: ls, timeout: 3000}\nphases:\n  - {id: two, agent_type: api_agent, method: x, timeout: 3}\n';
    const parsed = read(both.replace('api_agent', 'security_agent'));
    expect(parsed.definition!.steps.map(({ timeout }) => timeout)).toEqual([3000, 3000]);
    expect(parsed.definition!.steps[1]!.agent).toBe('security');
  });

  it('shows a bare timeout that looks like the other unit', () => {
    const [diagnostic] = read('name: a\nsteps:\n  - {key: one, run: ls, timeout: 600}\n').diagnostics;
    expect(diagnostic).toMatchObject({ severity: 'warning', code: 'suspicious-duration' });
    expect(diagnostic!.message).toContain('0.6 s');
    expect(diagnostic!.suggestion).toContain('600s');
  });

  it('gives steps the defaults of the workflow where they say nothing', () => {
    const { steps } = valid(`
name: a
config: { retries: 2, continueOnError: true }
steps:
  - { key: one, run: ls }
  - { key: two, run: ls, retries: 0, continueOnError: false }
`);
    expect(steps.map(({ retry, continueOnError }) => [retry.length, continueOnError])).toEqual([
      [1, true],
      [0, false],
    ]);
  });

  it('takes retry as a list, the first match first', () => {
    const { steps } = valid(`
name: a
steps:
  - key: one
    run: ls
    retry: [{ on: [rate_limit], max: 5, delay: 20s }, { on: any, max: 1 }]
`);
    expect(steps[0]!.retry).toEqual([
      { on: ['rate_limit'], max: 5, delay: 20_000, backoff: 2, maxDelay: 30_000, jitter: true },
      { on: 'any', max: 1, delay: 1000, backoff: 2, maxDelay: 30_000, jitter: true },
    ]);
  });

  it('reads "reject" as cancel, and offers no retry before the work', () => {
    const { steps } = valid(
      'name: a\nsteps:\n  - {key: one, run: ls, approval: {when: before, onExpire: reject}}\n',
    );
    expect(steps[0]!.approval).toMatchObject({
      onExpire: 'cancel',
      allow: ['approve', 'modify', 'skip', 'cancel'],
    });
  });

  it('names itself after its file when it has no name', () => {
    expect(valid('steps: [{key: a, run: ls}]', 'workflows/nightly.baton.yml').name).toBe('nightly');
  });

  it('lets a command keep braces that are no reference', () => {
    const text =
      "name: a\nsteps:\n  - key: one\n    run: docker inspect -f '{{.State.Status}} {{json .Mounts}}' box\n";
    expect(valid(text).steps[0]!.run).toContain('{{.State.Status}}');
  });

  it('follows aliases, and keeps keys that begin with x- to itself', () => {
    const parsed = read(
      'name: a\nx-common: &common {max: 2}\nsteps:\n  - {key: one, run: ls, retry: *common}\n',
    );
    expect(told(parsed)).toEqual([]);
    expect(parsed.definition!.steps[0]!.retry[0]!.max).toBe(2);
  });

  it('finds agents by any of their names', () => {
    const names = [
      'security',
      'Security',
      'security_agent',
      'SecurityAgent',
      'architecture',
      'code_generation',
    ];
    const text = names.map((name, i) => `  - {key: s${i}, agent: ${name}, action: x}`).join('\n');
    expect(valid(`name: a\nsteps:\n${text}\n`).steps.map(({ agent }) => agent)).toEqual([
      'security',
      'security',
      'security',
      'security',
      'architect',
      'backend',
    ]);
  });

  it('warns about what does not work yet, and lists it for the refusal of a real run', () => {
    const parsed = read(`
name: a
finally: []
steps:
  - { key: one, run: ls, compensate: { run: undo }, matrix: { os: [a, b] } }
  - { key: two, uses: ./other.yaml }
  - { key: three, run: ls, approval: { rewindTo: one } }
config: { reuse: auto }
`);
    expect(parsed.definition).toBeDefined();
    expect(parsed.unsupported.map(({ feature, step }) => [feature, step])).toEqual([
      ['compensate', 'one'],
      ['matrix', 'one'],
      ['uses', 'two'],
      ['rewindTo', 'three'],
      ['finally', undefined],
    ]);
    expect(new Set(parsed.diagnostics.map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });

  it('is equal in Windows line ends and with a byte order mark', () => {
    const text = 'name: a\nsteps:\n  - key: one\n    run: ls\n';
    expect(read(text.replaceAll('\n', '\r\n')).hash).toBe(read(text).hash);
    expect(read(`\ufeff${text}`).hash).toBe(read(text).hash);
  });
});

describe('a phases file', () => {
  const text = `
id: spring-service
technology: java
requirements: A service for users
output_path: out/user-api
approval_mode: batch
config:
  java_version: "17"
phases:
  - id: api_specification
    name: API Specification
    agent_type: architect_agent
    method: design_api
    approval_required: true
    timeout: 600
    max_retries: 3
  - id: code_generation
    agent_type: code_generation
    method: generate_project
    dependencies: [api_specification]
    prompt: Use {{ technology }} into {{ inputs.output_path }}
`;

  it('becomes steps, and what stands at its top becomes inputs, told one by one', () => {
    const parsed = read(text, 'workflows/service.yaml');
    const { definition } = parsed;
    expect(parsed.dialect).toBe('phases');
    expect(definition!.steps[0]).toMatchObject({
      key: 'api_specification',
      title: 'API Specification',
      agent: 'architect',
      action: 'design_api',
      timeout: 600_000,
      approval: { when: 'after' },
    });
    expect(definition!.steps[0]!.retry[0]!.max).toBe(3);
    expect(definition!.steps[1]).toMatchObject({
      prompt: 'Use {{ inputs.technology }} into {{ inputs.output_path }}',
    });
    expect(Object.keys(definition!.inputs)).toEqual([
      'id',
      'technology',
      'requirements',
      'output_path',
      'approval_mode',
      'config',
    ]);
    expect(definition!.inputs['technology']).toEqual({ type: 'string', required: false, default: 'java' });
    expect(definition!.config.approvals).toBe('batch');
    expect(faults(parsed).filter((fault) => fault.endsWith('read-as'))).toHaveLength(6);
  });
});
