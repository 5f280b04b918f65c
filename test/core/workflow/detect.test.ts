import { describe, expect, it } from 'vitest';
import { isWorkflowFile, looksLikeWorkflow } from '../../../src/core/workflow/detect';
import { nearest } from '../../../src/core/base/nearest';
import { slug } from '../../../src/core/workflow/slug';
import { inputVariable, outputVariable } from '../../../src/core/workflow/variables';
import { isWorkflowPath } from '../../../src/core/workflow/workflow-path';
import { processorTime } from '../../support/processor-time';

const workflow = 'name: a\nsteps:\n  - key: lint\n    agent: quality\n    action: lint\n';

describe('a workflow file', () => {
  it.each([
    ['review.baton.yaml', 'own'],
    ['deep/down/review.baton.yml', 'own'],
    ['review.baton.json', 'own'],
    ['.baton/workflows/any.yaml', 'own'],
    ['packages/a/.baton/workflows/sub/any.json', 'own'],
    ['workflows/review.yaml', 'maybe'],
    ['packages\\a\\workflows\\review.json', 'maybe'],
    ['.github/workflows/build.yml', 'no'],
    ['.github/workflows/x.baton.yml', 'no'],
    ['review.yaml', 'no'],
    ['workflows/readme.md', 'no'],
    ['.baton/settings.yaml', 'no'],
    ['', 'no'],
  ])('%s is %s by its path', (path, answer) => expect(isWorkflowPath(path)).toBe(answer));

  it('is known by its content where the path leaves it open', () => {
    expect(isWorkflowFile('workflows/a.yaml', workflow)).toBe(true);
    expect(isWorkflowFile('workflows/a.yaml', 'openapi: 3.0.0\n')).toBe(false);
    expect(isWorkflowFile('a.baton.yaml', '')).toBe(true);
    expect(isWorkflowFile('src/a.yaml', workflow)).toBe(false);
  });

  it('looks like one in each dialect', () => {
    expect(looksLikeWorkflow('phases:\n  - id: a\n    agent_type: api\n    method: x\n')).toBe(true);
    expect(looksLikeWorkflow('{ "name": "x", "steps": [ { "key": "a", "agent": "q" } ] }')).toBe(true);
    expect(looksLikeWorkflow('steps:\n- {key: a, run: npm test}\n')).toBe(true);
    expect(looksLikeWorkflow('# words\nsteps:\n  - name: scan\n    prompt: |\n      Look\n')).toBe(true);
  });

  it('is told apart from files of other tools', () => {
    expect(looksLikeWorkflow('on: push\njobs:\n  a:\n    steps:\n      - run: x\n')).toBe(false);
    expect(looksLikeWorkflow('pool: x\nsteps:\n- run: x\n')).toBe(false);
    expect(looksLikeWorkflow('{ "scripts": { "steps": "x" } }')).toBe(false);
    expect(looksLikeWorkflow('')).toBe(false);
  });

  it('is decided by the first 4 kB, quickly for any text', () => {
    const texts = ['{'.repeat(1e6), ' '.repeat(1e6), 'steps:'.repeat(1e5), '{"'.repeat(1e5)];
    expect(processorTime(() => texts.map(looksLikeWorkflow))).toBeLessThan(1_000);
  });
});

describe('words for people', () => {
  it('make a key from a title', () => {
    expect(slug('Build & Test (API)')).toBe('build-test-api');
    expect(slug('  Größe prüfen! ')).toBe('größe-prüfen');
    expect(slug('e\u0301t\u00e9')).toBe('été');
    expect(slug('***')).toBe('');
  });

  it('guess what was meant', () => {
    expect(nearest('depends_on', ['dependsOn', 'description'])).toBe('dependsOn');
    expect(nearest('securty', ['security', 'quality'])).toBe('security');
    expect(nearest('agnet', ['agent', 'action'])).toBe('agent');
    expect(nearest('banana', ['agent', 'action'])).toBeUndefined();
    expect(nearest('x'.repeat(10_000), ['x'])).toBeUndefined();
  });

  it('name the variables of a command', () => {
    expect(inputVariable('target-branch')).toBe('BATON_INPUT_TARGET_BRANCH');
    expect(outputVariable('security-scan.2')).toBe('BATON_OUTPUT_SECURITY_SCAN_2');
  });
});
