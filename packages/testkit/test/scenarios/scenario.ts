import type {
  CircuitOptions,
  CircuitState,
  Duration,
  Information,
  Mode,
  OutcomeKind,
  StorageFailurePolicy,
} from '@circuitry/core';
import type { Outage } from './worker-link.js';

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
  readonly allowAfter?:
    | Duration
    | { readonly byOpenings: readonly Duration[] }
    | { readonly byLastFailure: Readonly<Record<string, Duration>>; readonly otherwise: Duration };
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
  readonly describeFailure?: Throws | { readonly says: string };
  readonly nameFor?: Throws;
  readonly consistency?: 'strict' | { readonly maxStaleness: Duration };
  readonly counting?: 'all' | 'failures';
  readonly onStorageFailure?: StorageFailurePolicy;
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
  | 'rejecting-thenable'
  | 'failing-value';

interface Common {
  readonly worker?: 'A' | 'B';
}

export interface Refusal {
  readonly code?: string;
  readonly retryAfter?: number | null;
  readonly says?: string;
}

export interface CallStep extends Common, Refusal {
  readonly do: 'call';
  readonly work: WorkKind;
  readonly times?: number;
  readonly took?: Duration;
  readonly signal?: 'aborted';
  readonly openFor?: Duration;
  readonly clockSteps?: number;
  readonly expect: 'fulfilled' | 'rejected' | 'refused' | 'aborted' | 'dies';
  readonly settles?: { readonly outcome: OutcomeKind; readonly error?: string };
}

export interface ListStep extends Common {
  readonly do: 'list';
  readonly only?: 'troubled';
  readonly prefix?: string;
  readonly expect: readonly string[];
}

export interface ExpectedEvent {
  readonly event: 'stateChange' | 'lateOutcome' | 'refused';
  readonly enforced?: false;
  readonly code?: string;
  readonly from?: CircuitState;
  readonly to?: CircuitState;
  readonly reason?: string;
  readonly error?: string;
  readonly information?: Partial<Information>;
}

export type Step =
  | CallStep
  | ListStep
  | (Common & { readonly do: 'outage'; readonly of: Outage })
  | (Common & { readonly do: 'name'; readonly parts: readonly string[]; readonly is: string })
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
