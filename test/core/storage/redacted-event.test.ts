import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/base/json';
import { createRedactor } from '../../../src/core/base/redactor';
import type { RunEventBody } from '../../../src/core/model/events';
import { redactBodies } from '../../../src/core/storage/redacted-event';
import { requested } from '../../support/events';
import { createTestHost } from '../../support/node-host';

const host = createTestHost();
const sha256 = (text: string) => host.sha256(text);
// Also a word that events and calls are made of.
const SECRETS = [['hush', 'hush', '0815'].join('-'), 'write_file'];
const [SECRET = ''] = SECRETS;

function redactor() {
  const made = createRedactor();
  SECRETS.forEach((secret, at) => made.add(secret, `secret-${at}`));
  return made;
}

const clean = (body: RunEventBody) => redactBodies([body], redactor(), sha256)[0];

const started: RunEventBody = {
  type: 'tool-started',
  step: 'a',
  attempt: 1,
  call: 1,
  key: '1'.repeat(64),
  agent: 'quality',
  tool: 'write_file',
  arguments: { path: 'a.ts', key: SECRET, to: SECRET, code: SECRET, type: SECRET, [SECRET]: 1 },
  permit: { rule: 'inside-writes', why: `It writes ${SECRET}.` },
  idempotent: false,
  hash: '3'.repeat(64),
};

describe('an event of agents at work without its secrets', () => {
  it('keeps none in what a model gave or a tool said, whatever the name it stands under', () => {
    const told = clean(started);
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(told).toMatchObject({
      tool: 'write_file',
      key: started.key,
      hash: started.hash,
      agent: 'quality',
    });
    const completed = clean({
      type: 'tool-completed',
      step: 'a',
      attempt: 1,
      call: 1,
      key: '1'.repeat(64),
      result: { text: SECRET, isError: false, isForeign: true, data: { id: SECRET, code: SECRET } },
      preview: SECRET,
      isError: false,
      durationMs: 1,
    });
    expect(JSON.stringify(completed)).not.toContain(SECRET);
    expect(completed).toMatchObject({ key: '1'.repeat(64), result: { isForeign: true } });
  });

  it('keeps none in a question about calls, and binds the decision to what is left', () => {
    const body = requested('a', 'gate', 'policy');
    const call = {
      ...{ key: '1'.repeat(64), agent: 'quality', tool: 'write_file', rule: 'shell', why: 'Asked.' },
      shown: { command: ['echo', SECRET], id: SECRET, action: SECRET },
      effects: [{ type: 'shell', command: `echo ${SECRET}`, cwd: '/w', key: SECRET }],
      hash: '3'.repeat(64),
    };
    if (body.type !== 'approval-requested') throw new Error('It is a question');
    const told = clean({ ...body, approval: { ...body.approval, shown: { artifacts: [], calls: [call] } } });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    if (told?.type !== 'approval-requested') throw new Error('It is a question');
    expect(told.approval.shown.calls?.[0]).toMatchObject({
      key: call.key,
      hash: call.hash,
      tool: 'write_file',
    });
    expect(told.approval.shownHash).toBe(sha256(canonicalJson(told.approval.shown)));
  });

  it('keeps none in a message, and still says whose it is', () => {
    const told = clean({
      type: 'message-sent',
      message: {
        ...{ id: 1, from: 'a', to: ['b'], missed: [], way: { type: 'direct' }, priority: 'normal' },
        type: 'request',
        body: { task: `Use ${SECRET}`, data: { key: SECRET } },
        answerBy: 5,
      },
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(told).toMatchObject({ message: { from: 'a', to: ['b'], type: 'request', answerBy: 5 } });
  });
});
