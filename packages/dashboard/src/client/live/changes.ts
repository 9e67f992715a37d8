import type { Push } from '../../protocol/answers.js';
import { after } from '../clock.js';
import { basePath } from './api.js';

/** How changes come in: pushed, asked for again and again, or not at all for now. */
export type LiveState = 'live' | 'polling' | 'off';

type ChangesPush = Extract<Push, { type: 'changes' }>;

const pollEvery = 5_000;
/** Streams that break so often in a row don't work here: a proxy may hold them back. */
const mostBreaks = 3;
const patience = 8_000;

/** Changes of circuits as the panel tells them: by server-sent events, and where those don't come, by asking. */
export class Changes {
  #source: EventSource | null = null;
  #breaks = 0;
  #stopTimer = (): void => {};
  #state: LiveState = 'off';
  readonly #listeners = new Set<(push: ChangesPush) => void>();
  readonly #watchers = new Set<(state: LiveState) => void>();

  get state(): LiveState {
    return this.#state;
  }

  begin(): void {
    document.addEventListener('visibilitychange', () => {
      // A page that nobody sees needs no stream; browsers allow but a few of them.
      if (document.visibilityState === 'hidden') this.#stop();
      else this.#open();
    });
    this.#open();
  }

  /** Adds a listener; the answer removes it. */
  on(listener: (push: ChangesPush) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onState(watcher: (state: LiveState) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #open(): void {
    if (this.#source !== null || document.visibilityState === 'hidden') return;
    if (this.#breaks >= mostBreaks || typeof EventSource === 'undefined') return this.#poll();
    const source = new EventSource(`${basePath}/api/events`);
    this.#source = source;
    // A stream that opens and stays silent is being held back on its way.
    this.#stopTimer = after(patience, () => this.#onBreak());
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const push = JSON.parse(data) as Push;
      this.#stopTimer();
      const wasOff = this.#state !== 'live';
      if (push.type === 'hello') {
        this.#breaks = 0;
        this.#setState(push.push === 'pushed' ? 'live' : 'polling');
        if (wasOff) this.#tell({ type: 'changes', changes: [], more: true });
      } else this.#tell(push);
    };
    source.onerror = () => this.#onBreak();
  }

  #onBreak(): void {
    this.#close();
    this.#breaks += 1;
    if (this.#breaks >= mostBreaks) return this.#poll();
    // The panel ends a stream every few minutes; only one that doesn't come again is told.
    this.#stopTimer = after(this.#breaks * 500, () => this.#open());
  }

  #poll(): void {
    this.#setState('polling');
    this.#stopTimer = after(pollEvery, () => {
      this.#tell({ type: 'changes', changes: [], more: true });
      this.#poll();
    });
  }

  #stop(): void {
    this.#close();
    this.#setState('off');
  }

  #close(): void {
    this.#stopTimer();
    this.#source?.close();
    this.#source = null;
  }

  #tell(push: ChangesPush): void {
    for (const listener of this.#listeners) listener(push);
  }

  #setState(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

export const changes: Changes = new Changes();
