import type { Clock } from '@circuitry/core';
import { onAbort } from '@circuitry/core/backend';
import type { Push } from '../protocol/answers.js';
import type { Change, Seen } from '../protocol/circuit.js';
import type { StoreObserver } from '../watch/observer.js';

/** Changes of so long go out together, ms: a storm is one message a moment. */
const gather = 250;
const mostChanges = 50;
/** A line that says nothing, so that proxies don't take the stream for dead, ms. */
const heartbeat = 15_000;
/** Then it ends, and the page opens another: whoever lost their right to look loses the stream as well, ms. */
const lifetime = 180_000;
/** Messages that nobody read: a page that is asleep. */
const mostUnread = 16;

/** What a stream is made of. */
export interface StreamOptions {
  /** Whose circuits' changes it tells. */
  readonly prefix: string;
  readonly kindOf: (name: string) => string;
  readonly clock: Clock;
  /** Ends it. */
  readonly closing: AbortSignal;
}

/** Changes of a prefix's circuits, as server-sent events. */
export function changeStream(
  observer: StoreObserver,
  { prefix, kindOf, clock, closing }: StreamOptions,
): ReadableStream<Uint8Array> {
  let end = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        const encoder = new TextEncoder();
        const cancels = new Set<() => void>();
        let waiting: Seen[] = [];
        let isMissed = false;
        let flushing = false;
        let isOver = false;

        const write = (text: string): boolean => {
          if (isOver || (controller.desiredSize ?? 0) < -mostUnread) return false;
          controller.enqueue(encoder.encode(text));
          return true;
        };
        const after = (ms: number, callback: () => void): void => {
          const cancel = clock.after(
            ms,
            () => {
              cancels.delete(cancel);
              callback();
            },
            { background: true },
          );
          cancels.add(cancel);
        };
        const flush = (): void => {
          flushing = false;
          const changes: Change[] = waiting.slice(-mostChanges).map((seen) => ({ ...seen, kind: kindOf(seen.name) }));
          const more = isMissed || waiting.length > changes.length;
          waiting = [];
          // What couldn't be written is told as missed with the next that can.
          isMissed = !write(messageOf({ type: 'changes', changes, more }));
        };
        const beat = (): void => {
          write(': still here\n\n');
          after(heartbeat, beat);
        };
        end = () => {
          if (isOver) return;
          isOver = true;
          for (const cancel of cancels) cancel();
          try {
            controller.close();
          } catch {
            // The reader was quicker.
          }
        };

        cancels.add(onAbort(closing, end));
        if (isOver) return;
        after(lifetime, end);
        after(heartbeat, beat);
        write('retry: 2000\n\n');
        const unfollow = await observer.follow(prefix, (changes, missed) => {
          isMissed ||= missed || waiting.length > 4 * mostChanges;
          if (waiting.length <= 4 * mostChanges) waiting.push(...changes.slice(-mostChanges));
          isMissed ||= changes.length > mostChanges;
          if (flushing) return;
          flushing = true;
          after(gather, flush);
        });
        cancels.add(unfollow);
        if (isOver) return unfollow();
        write(messageOf({ type: 'hello', push: observer.push }));
      },
      cancel: () => end(),
    },
    { highWaterMark: 1 },
  );
}

function messageOf(push: Push): string {
  return `data: ${JSON.stringify(push)}\n\n`;
}
