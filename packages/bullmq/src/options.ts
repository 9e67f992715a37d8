import type { CircuitBreakerFactory, DefaultContext, Duration, SettingsProblem } from '@circuitry/core';
import {
  callable,
  duration,
  flag,
  isObject,
  objectWith,
  optional,
  readOptions,
  type Reader,
} from '@circuitry/core/backend';
import type { Job } from 'bullmq';

/** Options of `protectProcessor`. */
export interface ProcessorOptions<Data = unknown, Context = DefaultContext> {
  /** The circuit of a job: a name, or a function of the job. */
  readonly circuit: string | ((job: Job<Data>) => string);
  /** What `breakerFor` gets as context, the tenant for example. Default: `{}`. */
  readonly context?: ((job: Job<Data>) => Context) | undefined;
  /**
   * How long a refused job waits whose refusal names no time: its circuit is forced open until somebody releases it, or the
   * store can't be asked under `onStorageFailure: 'throw'`. A duration, or a function of the refusal and the job;
   * a minute where it throws or answers none. Default `'1m'`.
   */
  readonly delay?: Duration | ((refusal: unknown, job: Job<Data>) => Duration | Promise<Duration>) | undefined;
  /**
   * Whether a job of a group (BullMQ Pro) is put back and its whole group paused, instead of delaying the job alone. Turn it
   * off where a group holds jobs of several circuits. Default true.
   */
  readonly pauseGroup?: boolean | undefined;
  /** Whether work that throws BullMQ's UnrecoverableError counts as nothing. Default false: the factory's matchers decide. */
  readonly ignoreUnrecoverable?: boolean | undefined;
}

/** {@link ProcessorOptions}, checked. */
export interface ProcessorRules {
  readonly circuit: string | ((job: Job) => string);
  readonly context: ((job: Job) => unknown) | undefined;
  readonly delay: Duration | ((refusal: unknown, job: Job) => Duration | Promise<Duration>);
  readonly pauseGroup: boolean;
  readonly ignoreUnrecoverable: boolean;
}

const readDuration = duration(0);

/** A duration in ms; null: it is none. */
export function delayOf(value: unknown): number | null {
  const problems: SettingsProblem[] = [];
  const ms = readDuration('delay', value, problems);
  return problems.length === 0 ? ms : null;
}

const readCircuit: Reader<ProcessorRules['circuit']> = (name, value, problems) => {
  const isCircuit = typeof value === 'function' || (typeof value === 'string' && value !== '');
  if (!isCircuit) problems.push({ name, value, expected: 'a name or a function of the job' });
  return value as ProcessorRules['circuit'];
};

const readDelayOption: Reader<ProcessorRules['delay']> = (name, value, problems) => {
  if (typeof value !== 'function' && delayOf(value) === null)
    problems.push({ name, value, expected: "a duration (ms, or a string like '30s') or a function" });
  return value as ProcessorRules['delay'];
};

/** What is no factory or no work is told where it is made, not at the first job. @throws InvalidSettingsError */
export function checkGiven(factory: unknown, work: unknown): void {
  const readers = { factory: objectWith<CircuitBreakerFactory>('breakerFor'), work: callable<unknown>() };
  readOptions(readers, { factory, work });
}

/** @throws InvalidSettingsError with every fault at once */
export function readProcessorOptions(options: unknown): ProcessorRules {
  const given = isObject(options) ? options : { circuit: options };
  return readOptions(
    {
      circuit: readCircuit,
      context: optional(callable<(job: Job) => unknown>(), undefined),
      delay: optional(readDelayOption, '1m'),
      pauseGroup: optional(flag(), true),
      ignoreUnrecoverable: optional(flag(), false),
    },
    given,
  );
}
