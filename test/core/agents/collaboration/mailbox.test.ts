import { describe, expect, it } from 'vitest';
import { CancelledError, neverAborted } from '../../../../src/core/base/abort';
import { priorities, type Message } from '../../../../src/core/model/message';
import { agentOf, group, note, settle, texts } from './recorder';

const never = { signal: neverAborted, timeoutMs: 1_000 };

describe('mailbox', () => {
  it('brings a message to the one it is for, and to nobody else', async () => {
    const all = await group(['api', 'security', 'writer']);
    const sent = await agentOf(all, 'api').postbox.send('security', note('look here'));
    expect(sent).toEqual({ sent: true, id: 1, to: ['security'], missed: [] });
    expect(texts(await agentOf(all, 'security').postbox.receive())).toEqual(['look here']);
    expect(await agentOf(all, 'writer').postbox.receive()).toEqual([]);
  });

  it('brings a broadcast to all others', async () => {
    const all = await group(['api', 'security', 'writer']);
    await agentOf(all, 'api').postbox.broadcast(note('done'));
    expect(await agentOf(all, 'api').postbox.receive()).toEqual([]);
    for (const name of ['security', 'writer'])
      expect(texts(await agentOf(all, name).postbox.receive())).toEqual(['done']);
  });

  it('brings what is published to those who subscribed, until they no longer do', async () => {
    const all = await group(['api', 'security', 'writer']);
    const [api, security, writer] = ['api', 'security', 'writer'].map((name) => agentOf(all, name));
    await security?.postbox.subscribe('builds');
    await writer?.postbox.subscribe('builds');
    await writer?.postbox.unsubscribe('builds');
    const sent = await api?.postbox.publish('builds', note('green'));
    expect(sent).toMatchObject({ to: ['security'] });
    expect(texts((await security?.postbox.receive()) ?? [])).toEqual(['green']);
    expect(await writer?.postbox.receive()).toEqual([]);
  });

  it('hands over the most urgent first, and equal ones in the order of sending', async () => {
    const all = await group(['api', 'writer']);
    for (const round of [1, 2])
      for (const priority of priorities)
        await agentOf(all, 'api').postbox.send('writer', note(`${priority} ${round}`), priority);
    expect(texts(await agentOf(all, 'writer').postbox.receive())).toEqual([
      'urgent 1',
      'urgent 2',
      'high 1',
      'high 2',
      'normal 1',
      'normal 2',
      'low 1',
      'low 2',
    ]);
  });

  it('carries all seven types', async () => {
    const all = await group(['api', 'writer']);
    const { postbox } = agentOf(all, 'api');
    await postbox.send('writer', { type: 'context_share', body: { key: 'plan', version: 1 } });
    await postbox.send('writer', {
      type: 'result_handoff',
      body: { summary: 'done', output: { files: 2 }, artifacts: [] },
    });
    await postbox.send('writer', note('hello'));
    await postbox.send('writer', { type: 'error', body: { code: 'no-input', message: 'Nothing to read.' } });
    await postbox.send('writer', { type: 'state_update', body: { state: 'reading' } });
    const answer = postbox.request('writer', { task: 'sum up' }, never);
    await settle();
    const received = await agentOf(all, 'writer').postbox.receive();
    const request = received.find(({ type }) => type === 'request') as Message;
    await agentOf(all, 'writer').postbox.respond(request, { output: 'a summary' });
    expect(await answer).toMatchObject({
      outcome: 'answered',
      message: { type: 'response', answers: request.id },
    });
    expect(new Set(all.collaboration.mailbox.history().map(({ type }) => type)).size).toBe(7);
  });

  it('counts a message only when it is on the disk', async () => {
    const all = await group(['api', 'writer']);
    all.recorder.holds = true;
    let isSent = false;
    const sending = agentOf(all, 'api')
      .postbox.send('writer', note('hello'))
      .then(() => (isSent = true));
    await settle();
    expect(isSent).toBe(false);
    expect(await agentOf(all, 'writer').postbox.receive()).toEqual([]);
    expect(all.collaboration.mailbox.history()).toEqual([]);
    all.recorder.sync();
    await sending;
    const reading = agentOf(all, 'writer').postbox.receive();
    await settle();
    all.recorder.sync();
    expect(texts(await reading)).toEqual(['hello']);
  });

  it('records nothing more once the disk refused something', async () => {
    const all = await group(['api', 'writer']);
    all.recorder.holds = true;
    const sending = agentOf(all, 'api').postbox.send('writer', note('lost'));
    await settle();
    all.recorder.fail();
    await expect(sending).rejects.toThrow('The disk is gone.');
    await expect(agentOf(all, 'api').postbox.send('writer', note('later'))).rejects.toThrow();
    expect(await agentOf(all, 'writer').postbox.receive()).toEqual([]);
  });

  it('syncs what is sent in one go in one go', async () => {
    const all = await group(['api', 'writer']);
    all.recorder.holds = true;
    const sending = Array.from({ length: 100 }, (_, at) =>
      agentOf(all, 'api').postbox.send('writer', note(`${at}`)),
    );
    await settle();
    expect(all.recorder.unsynced).toBe(1);
    all.recorder.sync();
    expect((await Promise.all(sending)).every(({ sent }) => sent)).toBe(true);
  });

  it('gives two readings of one agent different messages', async () => {
    const all = await group(['api', 'writer']);
    for (const text of ['a', 'b', 'c']) await agentOf(all, 'api').postbox.send('writer', note(text));
    const { postbox } = agentOf(all, 'writer');
    const [first, second] = await Promise.all([postbox.receive(2), postbox.receive(2)]);
    expect(texts(first)).toEqual(['a', 'b']);
    expect(texts(second)).toEqual(['c']);
  });

  it('finds in the history who said what to whom', async () => {
    const all = await group(['api', 'security', 'writer']);
    await agentOf(all, 'writer').postbox.subscribe('builds');
    await agentOf(all, 'api').postbox.send('security', note('one'));
    await agentOf(all, 'security').postbox.send('writer', {
      type: 'state_update',
      body: { state: 'reading' },
    });
    await agentOf(all, 'api').postbox.publish('builds', note('two'));
    const find = all.collaboration.mailbox;
    expect(texts(find.history({ participant: 'security' }))).toEqual(['one', 'state_update']);
    expect(texts(find.history({ type: 'notification' }))).toEqual(['one', 'two']);
    expect(texts(find.history({ topic: 'builds' }))).toEqual(['two']);
    expect(texts(find.history({ limit: 1 }))).toEqual(['two']);
    expect(find.history({ topic: 'builds' })[0]).toMatchObject({ from: 'api', to: ['writer'] });
  });

  it('speaks for nobody once its agent has left, also when the name came back', async () => {
    const all = await group(['api', 'writer']);
    const old = agentOf(all, 'api');
    await old.leave();
    expect(await old.postbox.send('writer', note('ghost'))).toMatchObject({ refused: { code: 'left' } });
    const again = await all.collaboration.join('api', 'step-api', 2);
    expect(await old.postbox.send('writer', note('ghost'))).toMatchObject({ refused: { code: 'left' } });
    expect(await again.postbox.send('writer', note('me'))).toMatchObject({ sent: true });
    expect(texts(await agentOf(all, 'writer').postbox.receive())).toEqual(['me']);
  });

  it('lets no two take part under one name', async () => {
    const all = await group(['api']);
    await expect(all.collaboration.join('api', 'other', 1)).rejects.toMatchObject({
      code: 'participant-name',
    });
    await expect(all.collaboration.join('a\nb', 'other', 1)).rejects.toMatchObject({
      code: 'participant-name',
    });
  });

  it('waits for the next message, and ends waiting when it is cancelled or its agent leaves', async () => {
    const all = await group(['api', 'writer']);
    const { postbox } = agentOf(all, 'writer');
    const next = postbox.next(neverAborted);
    await agentOf(all, 'api').postbox.send('writer', note('hello'));
    expect(texts([await next])).toEqual(['hello']);
    const stop = new AbortController();
    const cancelled = postbox.next(stop.signal);
    stop.abort(new CancelledError());
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    const left = postbox.next(neverAborted);
    left.catch(() => {});
    await settle();
    await agentOf(all, 'writer').leave();
    await expect(left).rejects.toBeInstanceOf(CancelledError);
  });

  it('quarantines a message that its reader fails over, and goes on with the others', async () => {
    const all = await group(['api', 'writer']);
    const seen: string[] = [];
    const stop = new AbortController();
    const serving = agentOf(all, 'writer').postbox.serve((message) => {
      if (message.type === 'request') throw new Error('cannot read this');
      seen.push(...texts([message]));
      if (seen.length === 2) stop.abort(new CancelledError());
      return Promise.resolve();
    }, stop.signal);
    serving.catch(() => {});
    const { postbox } = agentOf(all, 'api');
    await postbox.send('writer', note('before'));
    const asked = await postbox.request('writer', { task: 'poison' }, never);
    await postbox.send('writer', note('after'));
    await expect(serving).rejects.toBeInstanceOf(CancelledError);
    expect(seen).toEqual(['before', 'after']);
    expect(asked).toMatchObject({ outcome: 'failed', message: { body: { code: 'quarantined' } } });
    expect(all.collaboration.quarantined).toEqual([
      { message: 2, participant: 'writer', reason: 'cannot read this' },
    ]);
  });
});

describe('a request', () => {
  it('gets its answer, and the answer is not read a second time', async () => {
    const all = await group(['api', 'writer']);
    const asking = agentOf(all, 'api').postbox.request('writer', { task: 'sum up' }, never);
    const request = await agentOf(all, 'writer').postbox.next(neverAborted);
    await agentOf(all, 'writer').postbox.respond(request, { output: 42 });
    expect(await asking).toMatchObject({ outcome: 'answered', message: { body: { output: 42 } } });
    expect(await agentOf(all, 'api').postbox.receive()).toEqual([]);
    expect(all.clock.pending).toBe(0);
  });

  it('expires when nobody answers in time, and a late answer is refused', async () => {
    const all = await group(['api', 'writer']);
    const asking = agentOf(all, 'api').postbox.request('writer', { task: 'sum up' }, never);
    const request = await agentOf(all, 'writer').postbox.next(neverAborted);
    all.clock.step();
    expect(await asking).toEqual({ outcome: 'expired' });
    const late = await agentOf(all, 'writer').postbox.respond(request, { output: 42 });
    expect(late).toMatchObject({ sent: false, refused: { code: 'no-such-request' } });
  });

  it('is answered once, and only by the one it was put to', async () => {
    const all = await group(['api', 'writer', 'security']);
    const asking = agentOf(all, 'api').postbox.request('writer', { task: 'sum up' }, never);
    const request = await agentOf(all, 'writer').postbox.next(neverAborted);
    const forged = await agentOf(all, 'security').postbox.respond(request, { output: 'mine' });
    expect(forged).toMatchObject({ refused: { code: 'no-such-request' } });
    await agentOf(all, 'writer').postbox.respond(request, { output: 'first' });
    const second = await agentOf(all, 'writer').postbox.respond(request, { output: 'second' });
    expect(second).toMatchObject({ refused: { code: 'no-such-request' } });
    expect(await asking).toMatchObject({ message: { body: { output: 'first' } } });
  });

  it('has one end when the answer and the end of its time meet: what is recorded first', async () => {
    const all = await group(['api', 'writer']);
    const asking = agentOf(all, 'api').postbox.request('writer', { task: 'sum up' }, never);
    const request = await agentOf(all, 'writer').postbox.next(neverAborted);
    all.recorder.holds = true;
    const answering = agentOf(all, 'writer').postbox.respond(request, { output: 42 });
    all.clock.step();
    await settle();
    all.recorder.holds = false;
    all.recorder.sync();
    expect(await answering).toMatchObject({ sent: true });
    expect(await asking).toMatchObject({ outcome: 'answered' });
    expect(all.recorder.count('request-expired')).toBe(0);
  });

  it('ends when the one it was put to leaves', async () => {
    const all = await group(['api', 'writer']);
    const asking = agentOf(all, 'api').postbox.request('writer', { task: 'sum up' }, never);
    await settle();
    await agentOf(all, 'writer').leave();
    expect(await asking).toEqual({ outcome: 'left' });
    expect(all.clock.pending).toBe(0);
  });

  it('is refused when it is put to nobody', async () => {
    const all = await group(['api']);
    const asked = await agentOf(all, 'api').postbox.request('nobody', { task: 'sum up' }, never);
    expect(asked).toMatchObject({ outcome: 'refused', refused: { code: 'no-such-participant' } });
  });

  it('is over at once when who asked is cancelled', async () => {
    const all = await group(['api', 'writer']);
    const stop = new AbortController();
    const asking = agentOf(all, 'api').postbox.request(
      'writer',
      { task: 'sum up' },
      { timeoutMs: 1_000, signal: stop.signal },
    );
    const request = await agentOf(all, 'writer').postbox.next(neverAborted);
    stop.abort(new CancelledError());
    await expect(asking).rejects.toBeInstanceOf(CancelledError);
    const late = await agentOf(all, 'writer').postbox.respond(request, { output: 42 });
    expect(late).toMatchObject({ sent: false });
  });
});
