import type { RunEvent } from '../../core/model/events';
import type { RunState } from '../../core/model/run-state';
import type { LiveOutput, Progress } from '../../core/runtime-port';
import { describeEvent } from './describe-event';
import type { Terminal } from '../terminal';
import { visibleJson } from './visible';

/** How a run is shown while it goes on. */
export interface RunView {
  /** `state` is the run after the event. */
  event(event: RunEvent, state: RunState): void;
  live(output: LiveOutput): void;
  progress(progress: Progress | undefined): void;
  /** Shows everything known by now. */
  settle(): void;
  /** Somebody else writes to the terminal until `resume`. Pauses may be nested. */
  pause(): void;
  resume(): void;
  close(): void;
}

const nothing = { live() {}, progress() {}, settle() {}, pause() {}, resume() {}, close() {} };

/** For programs: each event as one line of JSON. */
export function createJsonView(terminal: Terminal): RunView {
  return { ...nothing, event: (event) => terminal.print(visibleJson(event)) };
}

/** For pipes and logs: each event as one line of text. */
export function createPlainView(terminal: Terminal): RunView {
  return { ...nothing, event: (event, state) => terminal.print(describeEvent(event, state)) };
}
