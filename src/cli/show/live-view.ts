import type { Clock } from '../../core/base/clock';
import { toDisposable, type Disposable } from '../../core/base/disposable';
import type { RunState } from '../../core/model/run-state';
import type { Progress } from '../../core/runtime-port';
import type { RunView } from './run-view';
import type { Terminal } from '../terminal';
import { widthOf } from './style';
import { renderTree, type LiveTail } from './tree';

/** Between two drawings: often enough to look alive, seldom enough not to flicker. */
const REDRAW_MS = 100;
/** How often times are counted on when nothing happens. */
const TICK_MS = 1_000;
/** As much of a step's output as a window could show. */
const TAIL = 2_000;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
// Terminals that know it show the whole picture at once; the others ignore it.
const BEGIN_PICTURE = '\u001b[?2026h';
const END_PICTURE = '\u001b[?2026l';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A tree on the screen that is drawn over itself. */
export function createLiveView(terminal: Terminal, clock: Clock): RunView {
  let state: RunState | undefined;
  let progress: Progress | undefined;
  let drawn: readonly string[] = [];
  let pauses = 0;
  let due: Disposable | undefined;
  const live = new Map<string, LiveTail>();

  const draw = () => {
    due?.dispose();
    due = undefined;
    if (pauses > 0 || state === undefined) return;
    const lines = renderTree(state, {
      style: terminal.style,
      // The last column stays free: some terminals wrap as soon as it is written.
      width: Math.max(20, terminal.width() - 1),
      height: terminal.height() - 1,
      now: clock.now(),
      live,
      ...(progress && { progress }),
    });
    // A window that became narrower has wrapped what was drawn.
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / terminal.width())),
      0,
    );
    const up = rows === 0 ? '' : `\u001b[${rows}A\r`;
    const picture = lines.map((line) => `${line}${CLEAR_LINE}\n`).join('');
    terminal.draw(`${BEGIN_PICTURE}${HIDE_CURSOR}${up}${picture}${CLEAR_BELOW}${END_PICTURE}`);
    drawn = lines;
    if (state.endedAt === undefined) due = clock.after(TICK_MS, draw);
  };
  const soon = (() => {
    let waiting: Disposable | undefined;
    return {
      ask() {
        waiting ??= clock.after(REDRAW_MS, () => {
          waiting = undefined;
          draw();
        });
      },
      stop() {
        waiting?.dispose();
        waiting = undefined;
      },
    };
  })();
  const endCall = (step: string) => {
    const before = live.get(step);
    // What it took is in the events from here on; its text stays until there is more.
    if (before !== undefined) live.set(step, { text: before.text });
  };
  const showCursor = toDisposable(() => terminal.draw(SHOW_CURSOR));

  return {
    event(event, after) {
      state = after;
      if (event.type === 'step-started') live.delete(event.step);
      else if (event.type === 'call-answered' || event.type === 'call-failed') endCall(event.step);
      soon.ask();
    },
    live({ step, text, usage, voided }) {
      const before = live.get(step) ?? { text: '' };
      const kept = voided === undefined ? before.text : `Taken back: ${voided}\n`;
      const tokens = usage === undefined ? before.tokens : usage.inputTokens + usage.outputTokens;
      live.set(step, {
        text: (kept + (text ?? '')).slice(-TAIL),
        ...(tokens !== undefined && { tokens }),
      });
      soon.ask();
    },
    progress(latest) {
      progress = latest;
      soon.ask();
    },
    settle: draw,
    pause() {
      pauses += 1;
      if (pauses > 1) return;
      soon.stop();
      due?.dispose();
      // What was drawn stays as it is: the next picture begins below what is said in between.
      if (drawn.length > 0) terminal.draw(SHOW_CURSOR);
      drawn = [];
    },
    resume() {
      pauses -= 1;
      soon.ask();
    },
    close() {
      soon.stop();
      draw();
      due?.dispose();
      pauses += 1;
      showCursor.dispose();
    },
  };
}
