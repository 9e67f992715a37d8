import type { CircuitOptions, CircuitState, Duration, Information, Mode } from '@circuitry/core';

/** A file of scenarios, as scenario.schema.json describes it. */
export interface ScenarioFile {
  readonly row: string;
  readonly scenarios: readonly Scenario[];
}

export interface Scenario {
  readonly title: string;
  readonly settings: ScenarioSettings;
  readonly steps: readonly Step[];
}

export type Throws = { readonly throws: true };

export interface RateSettings {
  readonly threshold: number;
  readonly minimumCalls?: number;
  readonly window: Duration | { readonly calls: number };
  readonly buckets?: number;
}

/** A trip rule: one of its members. */
export interface RuleSettings {
  readonly failureRate?: RateSettings;
  readonly slowCallRate?: RateSettings;
  readonly consecutiveFailures?: number;
  readonly failureCount?: { readonly threshold: number; readonly window: Duration };
  readonly when?: { readonly window: Duration; readonly failures: number };
  readonly anyOf?: readonly RuleSettings[];
  readonly allOf?: readonly RuleSettings[];
}

export interface ScenarioSettings {
  readonly failureCountThreshold?: number;
  readonly closeThreshold?: number | { readonly trials: number; readonly successRate: number };
  readonly allowAfter?: Duration | { readonly byOpenings: readonly Duration[] };
  readonly cyclicClearAfter?: Duration;
  readonly trialLease?: Duration;
  readonly longestTrial?: Duration;
  readonly slowCallAfter?: Duration;
  readonly workTimeout?: Duration;
  readonly maxOpenFor?: Duration;
  readonly calmPeriod?: Duration;
  readonly trialRetryAfter?: Duration;
  readonly retryPace?: number;
  readonly mode?: Mode;
  readonly circuits?: Readonly<Record<string, CircuitOptions>>;
  readonly trip?: Throws | RuleSettings;
  readonly errorMatcher?: Throws;
  readonly onStateChange?: Throws;
}

export type WorkKind =
  | 'success'
  | 'failure'
  | 'ignored'
  | 'expected'
  | 'expected-as-cause'
  | 'throws-synchronously'
  | 'plain-value'
  | 'aborted-by-caller'
  | 'hangs'
  | 'http-503'
  | 'own-error-after-abort'
  | 'timeout-by-caller'
  | 'nested-refusal'
  | 'thenable'
  | 'rejecting-thenable';

interface Common {
  readonly worker?: 'A' | 'B';
}

interface Refusal {
  readonly code?: string;
  readonly retryAfter?: number | null;
}

export interface CallStep extends Common, Refusal {
  readonly do: 'call';
  readonly work: WorkKind;
  readonly times?: number;
  readonly took?: Duration;
  readonly signal?: 'aborted';
  readonly openFor?: Duration;
  readonly clockSteps?: number;
  readonly expect: 'fulfilled' | 'rejected' | 'refused' | 'aborted';
}

export interface ExpectedEvent {
  readonly event: 'stateChange' | 'lateOutcome' | 'refused';
  readonly enforced?: false;
  readonly code?: string;
  readonly from?: CircuitState;
  readonly to?: CircuitState;
  readonly reason?: string;
  readonly information?: Partial<Information>;
}

export type Step =
  | CallStep
  | (Common & Refusal & { readonly do: 'start'; readonly permit: string; readonly expect: 'admitted' | 'refused' })
  | (Common & {
      readonly do: 'end';
      readonly permit: string;
      readonly outcome: 'success' | 'failure' | 'ignored';
      readonly expect: 'ended' | 'rejected';
      readonly code?: string;
      readonly openFor?: Duration;
    })
  | (Common & { readonly do: 'advance'; readonly by: Duration })
  | (Common & { readonly do: 'clock-step'; readonly by: number })
  | (Common & {
      readonly do: 'forceOpen' | 'forceClosed' | 'trip';
      readonly reason?: string;
      readonly by?: string;
      readonly for?: Duration;
    })
  | (Common & { readonly do: 'release' | 'reset' })
  | (Common & { readonly do: 'setMode'; readonly mode: Mode })
  | (Common & {
      readonly do: 'look';
      readonly times?: number;
      readonly asBefore?: true;
      readonly expect: Partial<Information>;
    })
  | (Common & { readonly do: 'events'; readonly expect: readonly ExpectedEvent[] });
