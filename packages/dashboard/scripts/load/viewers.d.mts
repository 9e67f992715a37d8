import type { Redis } from 'ioredis';

export function look(options: {
  readonly url: string;
  readonly viewers: number;
  readonly rounds: number;
  /** ms between a viewer's rounds */
  readonly pause: number;
  /** Which screens. Default: all. */
  readonly at?: readonly string[];
}): Promise<Readonly<Record<string, readonly number[]>>>;
export function commandsOf(client: Redis): Promise<Readonly<Record<string, number>>>;
