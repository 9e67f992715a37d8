import type { WatchEvent, WatchListener } from '@circuitry/core';
import { virtualClock, virtualTime } from '../../virtual-time.js';

/** A stored value: text, as a real store keeps it, and when it ends. */
export interface Entry {
  readonly text: string;
  readonly endsAt: number;
}

/** A held lock: whose it is, apart from the token that it shows. */
export interface Holding {
  readonly owner: object;
  readonly token: number;
  endsAt: number;
}

/** What the handles of one reference store share. */
export class Server {
  readonly entries: Map<string, Entry> = new Map();
  readonly holdings: Map<string, Holding> = new Map();
  readonly tokens: Map<string, number> = new Map();
  readonly listeners: Set<WatchListener> = new Set();
  down = false;
  /** While it is down requests stay unanswered; else they are refused. */
  hangs = false;
  /** Requests have their effect, and their answers get lost. */
  losing = false;
  /** How many requests had their effect. */
  requests = 0;
  /** The store was removed: whoever still waits for something of it gives up. */
  gone = false;

  now(): number {
    return virtualClock.now();
  }

  pause(ms: number): Promise<void> {
    return virtualTime.pause(ms);
  }

  begin(how: 'refuse' | 'hang' = 'refuse'): void {
    this.down = true;
    this.hangs = how === 'hang';
  }

  end(): void {
    this.down = false;
    this.tell({ type: 'missed' });
  }

  beginLosing(): void {
    this.losing = true;
  }

  endLosing(): void {
    this.losing = false;
    this.tell({ type: 'missed' });
  }

  /** Each listener in a turn of its own. */
  tell(event: WatchEvent): void {
    if (this.down || this.losing) return;
    for (const listener of this.listeners) {
      void Promise.resolve()
        .then(() => (this.listeners.has(listener) ? listener(event) : undefined))
        .catch(() => 'a listener that throws is its owner’s fault');
    }
  }
}
