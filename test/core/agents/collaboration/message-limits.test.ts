import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json';
import type { Saying } from '../../../../src/core/agents/collaboration/postbox';
import { agentOf, group, note } from './recorder';

describe('limits of messages', () => {
  it('refuses a body that is too large, too deep or no JSON', async () => {
    const all = await group(['api', 'writer']);
    const { postbox } = agentOf(all, 'api');
    const withData = (data: unknown) =>
      postbox.send('writer', { type: 'notification', body: { text: '', data: data as JsonValue } });
    const deep = JSON.parse('['.repeat(100) + ']'.repeat(100)) as JsonValue;
    const circle: unknown[] = [];
    circle.push(circle);
    expect(await withData('x'.repeat(70_000))).toMatchObject({ refused: { code: 'too-large' } });
    expect(await withData(deep)).toMatchObject({ refused: { code: 'too-deep' } });
    expect(await withData(circle)).toMatchObject({ refused: { code: 'not-json' } });
    expect(await withData(1n)).toMatchObject({ refused: { code: 'not-json' } });
    expect(all.recorder.count('message-sent')).toBe(0);
  });

  it.each<[string, unknown]>([
    ['a body of another type', { type: 'notification', body: { state: 'x' } }],
    ['a field that its type does not have', { type: 'notification', body: { text: 'x', approved: true } }],
    ['a type that is none', { type: 'approval', body: { text: 'x' } }],
    ['a type with a name of objects', { type: 'constructor', body: {} }],
    ['no body', { type: 'notification' }],
    ['a response out of the blue', { type: 'response', body: { output: 1 }, answers: 1 }],
    ['a request without an end', { type: 'request', body: { task: 'x' } }],
  ])('refuses %s', async (_, saying) => {
    const all = await group(['api', 'writer']);
    const sent = await agentOf(all, 'api').postbox.send('writer', saying as Saying);
    expect(sent.sent).toBe(false);
    expect(await agentOf(all, 'writer').postbox.receive()).toEqual([]);
  });

  it('refuses a priority that is none', async () => {
    const all = await group(['api', 'writer']);
    const sent = await agentOf(all, 'api').postbox.send('writer', note('x'), 'now' as 'urgent');
    expect(sent).toMatchObject({ refused: { code: 'schema' } });
  });

  it('refuses more than so many in a second, and lets go on after it', async () => {
    const all = await group(['api', 'writer'], { limits: { perSecond: 3 } });
    const { postbox } = agentOf(all, 'api');
    for (let sent = 0; sent < 3; sent++)
      expect(await postbox.send('writer', note('x'))).toMatchObject({ sent: true });
    expect(await postbox.send('writer', note('x'))).toMatchObject({ refused: { code: 'rate' } });
    // Others are not held up by it.
    expect(await agentOf(all, 'writer').postbox.send('api', note('x'))).toMatchObject({ sent: true });
    all.clock.sleep(400);
    expect(await postbox.send('writer', note('x'))).toMatchObject({ sent: true });
    expect(await postbox.send('writer', note('x'))).toMatchObject({ refused: { code: 'rate' } });
  });

  it('holds up nobody for one who reads nothing', async () => {
    const all = await group(['api', 'writer', 'security'], { limits: { unread: 2 } });
    const { postbox } = agentOf(all, 'api');
    await postbox.broadcast(note('1'));
    await postbox.broadcast(note('2'));
    await agentOf(all, 'security').postbox.receive();
    expect(await postbox.broadcast(note('3'))).toMatchObject({ to: ['security'], missed: ['writer'] });
    expect(await postbox.send('writer', note('4'))).toMatchObject({ refused: { code: 'unread' } });
  });
});
