import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import { agentOf, group, note, settle, texts } from './recorder';

const never = { signal: neverAborted, timeoutMs: 1_000 };

describe('after a crash', () => {
  it('what was not read is still to be read, and what was read is not read again', async () => {
    const before = await group(['api', 'writer']);
    await agentOf(before, 'api').postbox.send('writer', note('read'));
    await agentOf(before, 'writer').postbox.receive();
    await agentOf(before, 'api').postbox.send('writer', note('unread'), 'urgent');
    const after = await group(['writer'], { from: before.recorder.durable });
    const { postbox } = agentOf(after, 'writer');
    expect(texts(await postbox.receive())).toEqual(['unread']);
    expect(await postbox.receive()).toEqual([]);
    expect(postbox.readings().map(texts)).toEqual([['read'], ['unread']]);
  });

  it('a message that never got to the disk was never sent, and one that did is there once', async () => {
    const before = await group(['api', 'writer']);
    await agentOf(before, 'api').postbox.send('writer', note('kept'));
    before.recorder.holds = true;
    void agentOf(before, 'api').postbox.send('writer', note('lost'));
    await settle();
    const after = await group(['api', 'writer'], { from: before.recorder.durable });
    const again = await agentOf(after, 'api').postbox.send('writer', note('new'));
    expect(again).toMatchObject({ id: 2 });
    expect(texts(await agentOf(after, 'writer').postbox.receive())).toEqual(['kept', 'new']);
  });

  it('one who comes back can be written to before, and keeps its topics', async () => {
    const before = await group(['api', 'writer']);
    await agentOf(before, 'writer').postbox.subscribe('builds');
    const after = await group(['api'], { from: before.recorder.durable });
    expect(await agentOf(after, 'api').postbox.publish('builds', note('green'))).toMatchObject({
      to: ['writer'],
    });
    const writer = await after.collaboration.join('writer', 'step-writer', 1);
    expect(texts(await writer.postbox.receive())).toEqual(['green']);
  });

  it('a request waits on, and its answer is given to who asked', async () => {
    const before = await group(['api', 'writer']);
    void agentOf(before, 'api').postbox.request('writer', { task: 'sum up' }, never);
    await settle();
    const after = await group(['api', 'writer'], { from: before.recorder.durable, clock: before.clock });
    const { postbox } = agentOf(after, 'api');
    const [open] = postbox.openRequests();
    expect(open).toMatchObject({ from: 'api', to: 'writer' });
    const answer = postbox.awaitAnswer(open?.id ?? 0, neverAborted);
    const request = await agentOf(after, 'writer').postbox.next(neverAborted);
    await agentOf(after, 'writer').postbox.respond(request, { output: 42 });
    expect(await answer).toMatchObject({ outcome: 'answered' });
  });

  it('an answer that nobody took is taken once', async () => {
    const before = await group(['api', 'writer']);
    void agentOf(before, 'api').postbox.request('writer', { task: 'sum up' }, never);
    const request = await agentOf(before, 'writer').postbox.next(neverAborted);
    before.recorder.holds = true;
    void agentOf(before, 'writer').postbox.respond(request, { output: 42 });
    await settle();
    // The answer is on the disk; that it was taken is not.
    before.recorder.sync(1);
    const after = await group(['api'], { from: before.recorder.durable });
    const { postbox } = agentOf(after, 'api');
    expect(await postbox.awaitAnswer(request.id, neverAborted)).toMatchObject({ outcome: 'answered' });
    expect(await postbox.awaitAnswer(request.id, neverAborted)).toMatchObject({ outcome: 'refused' });
    expect(await postbox.receive()).toEqual([]);
  });

  it("the end of a request's time comes also when nobody waits any more", async () => {
    const before = await group(['api', 'writer']);
    void agentOf(before, 'api').postbox.request('writer', { task: 'sum up' }, never);
    await settle();
    const after = await group(['api', 'writer'], { from: before.recorder.durable });
    after.clock.step();
    await settle();
    expect(agentOf(after, 'api').postbox.openRequests()).toEqual([]);
    expect(after.recorder.count('request-expired')).toBe(1);
  });

  it('values and their versions are as they were', async () => {
    const before = await group(['api']);
    await agentOf(before, 'api').context.change('plan', 'a', 0);
    await agentOf(before, 'api').context.change('plan', 'b', 1);
    const after = await group(['writer'], { from: before.recorder.durable });
    const { context } = agentOf(after, 'writer');
    expect(context.read('plan')).toEqual({ key: 'plan', value: 'b', version: 2, by: 'api' });
    expect(context.history('plan')).toHaveLength(2);
    expect(await context.change('plan', 'c', 2)).toEqual({ changed: true, version: 3 });
  });

  it('a bad record quarantines itself, and nothing around it', async () => {
    const before = await group(['api', 'writer']);
    for (const text of ['one', 'two', 'three'])
      await agentOf(before, 'api').postbox.send('writer', note(text));
    const records: unknown[] = before.recorder.durable.map((body) =>
      body.type === 'message-sent' && body.message.id === 2
        ? { ...body, message: { ...body.message, to: 'writer', body: null } }
        : body,
    );
    records.push({ type: 'run-paused' }, null, 7, { type: 'message-read' }, { type: 'constructor' });
    const after = await group(['writer'], { from: records });
    expect(texts(await agentOf(after, 'writer').postbox.receive())).toEqual(['one', 'three']);
    expect(after.collaboration.quarantined.map(({ message }) => message)).toEqual([2, undefined]);
  });

  it('what was said before still counts against what may be said in the run', async () => {
    const before = await group(['api', 'writer'], { limits: { perRun: 2 } });
    await agentOf(before, 'api').postbox.send('writer', note('one'));
    const after = await group(['api', 'writer'], { limits: { perRun: 2 }, from: before.recorder.durable });
    expect(await agentOf(after, 'api').postbox.send('writer', note('two'))).toMatchObject({ sent: true });
    expect(await agentOf(after, 'api').postbox.send('writer', note('three'))).toMatchObject({
      refused: { code: 'quota' },
    });
  });
});
