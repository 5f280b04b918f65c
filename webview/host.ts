import { parseViewMessage, type FormPanelState, type PanelState, type ViewMessage } from './protocol';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

// May be asked for only once in the life of a page.
const api = acquireVsCodeApi();

/** Asks the host for something. What comes of it arrives as a message; nothing is assumed here. */
export function send(message: ViewMessage): void {
  // Checked on this side too: a mistake shows up where it was made.
  if (parseViewMessage(message) === undefined) throw new TypeError(`Not a message: ${message.type}`);
  api.postMessage(message);
}

/** Kept by the host over a window reload. */
export function keep(state: PanelState | FormPanelState): void {
  api.setState(state);
}

export function kept(): PanelState | undefined {
  const state = api.getState();
  if (typeof state !== 'object' || state === null || !('runId' in state)) return undefined;
  return typeof state.runId === 'string' ? (state as PanelState) : undefined;
}
