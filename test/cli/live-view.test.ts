import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/base/clock';
import { createLiveView } from '../../src/cli/show/live-view';
import type { RunEvent } from '../../src/core/model/events';
import { begin, foldInto, ownCopy, type OwnRunState } from '../../src/core/model/run-state';
import { body, eventsOf, step } from './events';
import { fakeContext } from './fake-runtime';

/** Timers that fire when the test says so. */
class ManualClock implements Clock {
  private timers: { at: number; callback: () => void }[] = [];
  private time = 0;
  constructor(private readonly start: number) {}
  now = () => this.start + this.time;
  monotonic = () => this.time;
  after(delayMs: number, callback: () => void) {
    const timer = { at: this.time + delayMs, callback };
    this.timers.push(timer);
    return { dispose: () => void (this.timers = this.timers.filter((other) => other !== timer)) };
  }
  pass(ms: number) {
    this.time += ms;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { callback } of due) callback();
  }
}

/** As much of a terminal as the view uses; anything else it writes shows up as text. */
class Screen {
  rows: string[] = [''];
  private row = 0;
  width = 80;
  cursor = true;

  write(text: string): void {
    for (const [piece, , count, code] of text.matchAll(/\u001b\[(\??)(\d*)([A-Za-z])|[^\u001b]/g)) {
      if (piece === '\n') {
        this.row += 1;
        this.rows[this.row] ??= '';
        this.column = 0;
      } else if (piece === '\r') this.column = 0;
      else if (code === 'A') this.row -= Number(count);
      else if (code === 'K') this.rows[this.row] = (this.rows[this.row] ?? '').slice(0, this.column);
      else if (code === 'J')
        this.rows = [...this.rows.slice(0, this.row), (this.rows[this.row] ?? '').slice(0, this.column)];
      else if (piece.startsWith('\u001b[?25')) this.cursor = code === 'h';
      else if (!piece.startsWith('\u001b[?2026')) this.put(piece);
    }
  }

  private column = 0;
  private put(character: string): void {
    const line = this.rows[this.row] ?? '';
    this.rows[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column += 1;
  }

  get text(): string[] {
    return this.rows.map((line) => line.trimEnd()).filter((line) => line !== '');
  }
}

function openView() {
  const events = eventsOf(
    body.started(step('lint'), step('report', ['lint'])),
    body.begins('lint'),
    body.done('lint', 'nothing found'),
    body.begins('report'),
    body.done('report', 'written'),
    { type: 'run-completed', tolerated: [] },
  );
  const screen = new Screen();
  const clock = new ManualClock(events[0]?.at ?? 0);
  const { context } = fakeContext();
  const terminal = {
    ...context.terminal,
    draw: (text: string) => screen.write(text),
    width: () => screen.width,
  };
  const view = createLiveView(terminal, clock);
  let state: OwnRunState | undefined;
  const show = (event: RunEvent | undefined) => {
    if (event === undefined) return;
    if (state === undefined) state = ownCopy(begin(event));
    else foldInto(state, event);
    view.event(event, state);
  };
  return { events, screen, clock, view, show };
}

describe('the live tree', () => {
  it('draws over itself: one picture stands on the screen, the latest', () => {
    const { events, screen, clock, view, show } = openView();
    for (const event of events) {
      show(event);
      clock.pass(100);
    }
    view.close();
    expect(screen.text).toEqual([
      'quality-review  ✓ completed  2 of 2  5.0 s  run run1',
      '├─ ✓ lint    done  1.2 s  nothing found',
      '└─ ✓ report  done  1.2 s  written',
    ]);
    expect(screen.cursor).toBe(true);
  });

  it('draws many changes at once, and counts on when nothing happens', () => {
    const { events, screen, clock, show } = openView();
    for (const event of events.slice(0, 2)) show(event);
    expect(screen.text).toEqual([]);
    clock.pass(100);
    expect(screen.cursor).toBe(false);
    expect(screen.text[1]).toContain('running');
    clock.pass(4_000);
    expect(screen.text[0]).toContain('4 s');
  });

  it('leaves room for what somebody says in between', () => {
    const { events, screen, clock, view, show } = openView();
    for (const event of events.slice(0, 2)) show(event);
    clock.pass(100);
    view.pause();
    view.pause();
    screen.write('A notice.\n');
    view.resume();
    show(events[2]);
    clock.pass(5_000);
    expect(screen.text.at(-1)).toBe('A notice.');
    view.resume();
    clock.pass(100);
    const texts = screen.text;
    expect(texts.indexOf('A notice.')).toBe(3);
    expect(texts).toHaveLength(7);
    expect(texts[5]).toContain('done');
  });

  it('takes text back that turned out to be no answer, and goes on with the new one', () => {
    const { screen, clock, view, show } = openView();
    const model = { provider: 'claude', model: 'sonnet' };
    const reserved = { inputTokens: 10, outputTokens: 10 };
    const asked = { step: 'lint', attempt: 1, call: 1, chosen: model, chain: [model], why: '', reserved };
    for (const event of eventsOf(body.started(step('lint')), body.begins('lint'), {
      type: 'routing-decision',
      ...asked,
    }))
      show(event);
    const live = { runId: 'run1', step: 'lint', attempt: 1 };
    view.live({ ...live, text: 'Layer one imp' });
    clock.pass(100);
    expect(screen.text.at(-1)?.trim()).toBe('Layer one imp');
    view.live({ ...live, voided: 'Claude broke off' });
    view.live({ ...live, text: 'Three layers.', usage: { ...reserved, estimated: true } });
    clock.pass(100);
    expect(screen.text.slice(-2).map((line) => line.trim())).toEqual([
      'Taken back: Claude broke off',
      'Three layers.',
    ]);
    expect(screen.text[1]).toContain('Claude (sonnet), 20 tokens');
    view.close();
  });
});
