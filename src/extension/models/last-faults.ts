import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { RunEvent } from '../../core/model/events';
import type { CallFault, ProviderName } from '../../core/model/model-call';

/** How long a fault says something about how its provider does now, milliseconds. */
const TOLD_FOR = 5 * 60_000;

/** What is the request's own fault says nothing about the provider. */
const OF_THE_REQUEST: readonly CallFault[] = [
  'content-blocked',
  'context-too-long',
  'invalid-request',
  'malformed-tool-call',
];

export interface LastFault {
  readonly fault: CallFault;
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Until when it is told. */
  readonly until: number;
}

/**
 * What the last request to each provider came to, when it came to nothing. A few failures open no circuit yet, and a provider that just
 * failed is not told as if nothing had been.
 */
export class LastFaults implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly byProvider = new Map<ProviderName, LastFault>();

  readonly onDidChange = this.changed.event;

  constructor(
    onEvent: vscode.Event<{ readonly event: RunEvent }>,
    private readonly now: () => number = Date.now,
  ) {
    this.store.add(onEvent(({ event }) => this.take(event)));
  }

  of(provider: ProviderName): LastFault | undefined {
    const last = this.byProvider.get(provider);
    return last !== undefined && last.until > this.now() ? last : undefined;
  }

  /** It was set up anew, or answered somebody else. */
  forget(provider: ProviderName): void {
    if (this.byProvider.delete(provider)) this.changed.fire();
  }

  dispose(): void {
    this.store.dispose();
  }

  private take(event: RunEvent): void {
    if (event.type === 'call-answered' && event.cached !== true) this.forget(event.model.provider);
    if (event.type !== 'call-failed' || OF_THE_REQUEST.includes(event.fault)) return;
    const { fault, at } = event;
    this.byProvider.set(event.model.provider, { fault, at, until: at + TOLD_FOR });
    this.changed.fire();
  }
}
