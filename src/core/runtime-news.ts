/*
 * owns: what is new in the owner's process since a client last asked: that events were recorded, and what running steps say.
 * does not own: the events themselves. They are read from the journal.
 * must stay true: what nobody fetches takes no more room than a fixed amount.
 */
import { DisposableStore, type Disposable } from './base/disposable';
import type { Event } from './base/emitter';
import type { RunEvent } from './model/events';
import type { OwnerAnswer } from './runtime-messages';
import type { LiveOutput } from './runtime-port';

export interface NewsSources {
  readonly onEvent: Event<RunEvent>;
  readonly onLive: Event<LiveOutput>;
}

type NewsAnswer = Extract<OwnerAnswer, { type: 'news' }>;

/** Of live output, kept for clients that are about to ask again. */
const KEPT_CHARACTERS = 256 * 1024;
const KEPT_OUTPUTS = 2_000;

export class News implements Disposable {
  private readonly store = new DisposableStore();
  private readonly waiting = new Set<() => void>();
  private kept: LiveOutput[] = [];
  private keptCharacters = 0;
  private seen = 0;
  private heard = 0;

  listen({ onEvent, onLive }: NewsSources): void {
    this.store.add(
      onEvent(() => {
        this.seen += 1;
        this.wake();
      }),
    );
    this.store.add(onLive((output) => this.hear(output)));
  }

  /** Resolves at once for who says nothing of what it knows, else when there is more; undefined when that client is gone. */
  async after(
    known: { readonly seen?: number; readonly heard?: number },
    hungUp: AbortSignal,
  ): Promise<NewsAnswer | undefined> {
    if (known.seen === this.seen && known.heard === this.heard) await this.more(hungUp);
    if (hungUp.aborted) return undefined;
    const missed = known.heard === undefined ? 0 : this.heard - known.heard;
    const live = missed > 0 ? this.kept.slice(-missed) : [];
    return { type: 'news', seen: this.seen, heard: this.heard, live };
  }

  dispose(): void {
    this.store.dispose();
    this.waiting.clear();
    this.kept = [];
  }

  private more(hungUp: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        hungUp.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      hungUp.addEventListener('abort', done);
    });
  }

  private hear(output: LiveOutput): void {
    this.heard += 1;
    this.kept.push(output);
    this.keptCharacters += sizeOf(output);
    while (this.keptCharacters > KEPT_CHARACTERS || this.kept.length > KEPT_OUTPUTS) {
      const oldest = this.kept.shift();
      if (oldest === undefined) break;
      this.keptCharacters -= sizeOf(oldest);
    }
    this.wake();
  }

  private wake(): void {
    for (const tell of [...this.waiting]) tell();
  }
}

function sizeOf({ text = '', voided = '' }: LiveOutput): number {
  return text.length + voided.length;
}
