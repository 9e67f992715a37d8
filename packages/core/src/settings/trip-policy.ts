import type { Duration } from '../time/duration.js';
import type { Information } from '../machine/information.js';

/** Over which calls: a span of time in `buckets`, or the last N calls. */
export type WindowOption = Duration | { readonly calls: number };

/** A rule that counts: data, made by the functions below, checked by the factory. */
export type CountingPolicy =
  | { readonly kind: 'consecutive-failures'; readonly threshold: number }
  | ({ readonly kind: 'failure-count' } & FailureCountOptions)
  | ({ readonly kind: 'failure-rate' | 'slow-call-rate' } & RateOptions);

/** When a closed circuit opens. */
export type TripPolicy<Context = unknown> =
  | CountingPolicy
  | { readonly kind: 'any-of'; readonly policies: readonly (TripPolicy<Context> | TripFunction<Context>)[] };

/** Which circuit a function of the user's is asked about. */
export interface TripSubject<Context> {
  /** In the store. */
  readonly name: string;
  readonly context: Context;
}

/**
 * A trip rule of one's own: whether this circuit opens. It is asked with the counts after each counted outcome, maybe
 * more than once with the same ones and ahead of their being stored, so it must only look at what it is given. One that
 * throws, or answers anything but true, does not trip.
 */
export type TripFunction<Context = unknown> = (information: Information, subject: TripSubject<Context>) => boolean;

/** Opens at the Nth failure in a row. @param threshold an integer from 1. */
export function consecutiveFailures(threshold: number): CountingPolicy {
  return { kind: 'consecutive-failures', threshold };
}

/** What `failureCount` takes. */
export interface FailureCountOptions {
  /** Opens at so many failures in the window; an integer from 1. */
  readonly threshold: number;
  /** Default `'60s'`. */
  readonly window?: WindowOption;
  /** Into how many parts a time window is cut; 1 to 100. Default 10. */
  readonly buckets?: number;
}

/** Opens at so many failures within a window, whatever succeeded between them. */
export function failureCount(options: FailureCountOptions): CountingPolicy {
  return { ...options, kind: 'failure-count' };
}

/** What `failureRate` and `slowCallRate` take. */
export interface RateOptions {
  /** Opens when the rate reaches this (>=); above 0, at most 1. Default 0.5. */
  readonly threshold?: number;
  /** Not before so many calls are in the window; an integer from 1. Default 20. */
  readonly minimumCalls?: number;
  /** Default `'60s'`. */
  readonly window?: WindowOption;
  /** Into how many parts a time window is cut; 1 to 100. Default 10. */
  readonly buckets?: number;
}

/** Opens when the share of failed calls in a window reaches the threshold. */
export function failureRate(options: RateOptions = {}): CountingPolicy {
  return { ...options, kind: 'failure-rate' };
}

/** Opens when the share of calls slower than `slowCallAfter` in a window reaches the threshold. */
export function slowCallRate(options: RateOptions = {}): CountingPolicy {
  return { ...options, kind: 'slow-call-rate' };
}

/** Opens when any of these would. */
export function anyOf<Context = unknown>(
  ...policies: (TripPolicy<Context> | TripFunction<Context>)[]
): TripPolicy<Context> {
  return { kind: 'any-of', policies };
}
