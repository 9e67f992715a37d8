import type { StorageFailurePolicy } from '@circuitry/core';

/** A worker's machine. */
export interface WorkerPlan {
  /** How far its clock is off at the start, ms. */
  readonly skew: number;
  /** How fast its clock runs: 1.01 gains a hundredth. */
  readonly drift: number;
  /** What its factory is given instead of the fleet's: the next version's, in a rolling deploy. */
  readonly settings?: Partial<Pick<SettingsPlan, 'threshold' | 'closing' | 'allowAfter' | 'trialLease' | 'rule'>>;
}

/** One job: a call to the dependency, protected. */
export interface JobPlan {
  /** When it lands on its worker, ms from the start. */
  readonly at: number;
  /** Who does it. */
  readonly worker: number;
  /** Behind which circuit. */
  readonly circuit: number;
  /** How long its work takes, ms. */
  readonly duration: number;
  /** By which of the ways in. */
  readonly form: 'execute' | 'settle' | 'permit';
  /** Whether its error, or its value, says nothing about the dependency. */
  readonly ignored: boolean;
  /** When its caller gives up, ms after it landed; null: never. */
  readonly abortAfter: number | null;
  /** How long the dependency says to wait where it fails, ms. Default: it doesn't. */
  readonly openFor?: number;
}

/** Something that goes wrong for a while, or once. */
export type FaultPlan =
  /** The dependency of one circuit fails. */
  | { readonly kind: 'dependency'; readonly at: number; readonly length: number; readonly circuit: number }
  /** A worker's process dies at once, with everything it had begun; another takes its place after `length`. */
  | { readonly kind: 'crash'; readonly at: number; readonly length: number; readonly worker: number }
  /** A worker's process stands still: a long garbage collection, a suspended machine. */
  | { readonly kind: 'pause'; readonly at: number; readonly length: number; readonly worker: number }
  /** A worker's clock is set. */
  | { readonly kind: 'clock-step'; readonly at: number; readonly worker: number; readonly by: number }
  /** A worker can't reach the store; `everybody`: nobody can. */
  | { readonly kind: 'outage'; readonly at: number; readonly length: number; readonly worker: number | 'everybody' }
  /** Requests or answers of a worker get lost, each with this chance. */
  | {
      readonly kind: 'loss';
      readonly at: number;
      readonly length: number;
      readonly worker: number;
      readonly chance: number;
    }
  /** The store forgets everything. */
  | { readonly kind: 'flush'; readonly at: number }
  /** The store refuses the writes of one circuit, or its reads as well: the others are to notice nothing. */
  | {
      readonly kind: 'circuit-outage';
      readonly at: number;
      readonly length: number;
      readonly circuit: number;
      readonly reads: boolean;
    }
  /** An operator's hand, by way of one worker, for `length` ms. */
  | {
      readonly kind: 'operator';
      readonly at: number;
      readonly length: number;
      readonly worker: number;
      readonly circuit: number;
      readonly does: 'forceOpen' | 'forceClosed' | 'trip';
    };

/** How circuits trip, where not by so many failures in a row. Windows in ms, or of so many calls. */
export type RulePlan =
  | {
      readonly kind: 'rate';
      readonly threshold: number;
      readonly minimumCalls: number;
      readonly window: number | { readonly calls: number };
    }
  | { readonly kind: 'count'; readonly threshold: number; readonly window: number };

/** What the fleet's factories are given. */
export interface SettingsPlan {
  /** Failures in a row that open a circuit. */
  readonly threshold: number;
  /** What closes it: `closeThreshold`. */
  readonly closing: number | { readonly trials: number; readonly successRate: number };
  /** How long it stays open, ms. */
  readonly allowAfter: number;
  /** After which silence a trial is given up, ms. */
  readonly trialLease: number;
  /** When counts start afresh, ms; null: never. */
  readonly cyclicClearAfter: number | null;
  /** ms; null: strict. */
  readonly maxStaleness: number | null;
  /** What happens while the store is down. */
  readonly onStorageFailure: StorageFailurePolicy;
  /** Default: `threshold` failures in a row. */
  readonly rule?: RulePlan;
  /** Default `'all'`. */
  readonly counting?: 'all' | 'failures';
  /** One job at a time per circuit. Default false. */
  readonly exclusive?: boolean;
  /** Whether the store pushes what is stored. Default false. */
  readonly watches?: boolean;
  /** How many circuits a worker remembers. Default: all. */
  readonly maxCircuits?: number;
}

/** A whole run as data: a seed makes one, a failing one is made smaller. */
export interface FleetPlan {
  /** What chance goes by. */
  readonly seed: number;
  /** Each worker's clock. */
  readonly workers: readonly WorkerPlan[];
  /** How many circuits there are. */
  readonly circuits: number;
  /** Whether answers carry the store's clock. Without it workers' clocks agree, as the documents demand. */
  readonly storeGivesTime: boolean;
  /** The longest way of a request or an answer, ms. */
  readonly latency: number;
  /** How long the fleet runs before everything is mended, ms. */
  readonly length: number;
  /** What all workers run with. */
  readonly settings: SettingsPlan;
  /** What is done, and when. */
  readonly jobs: readonly JobPlan[];
  /** What goes wrong, and when. */
  readonly faults: readonly FaultPlan[];
}

/** What a plan is drawn from. */
export interface PlanOptions {
  readonly workers: number;
  readonly jobs: number;
  readonly circuits: number;
  /** ms */
  readonly length: number;
  /** `'none'`: only the dependency fails (F2 is checked). `'some'`: crashes, pauses, losses, outages too. */
  readonly faults: 'none' | 'some';
  readonly settings: Partial<SettingsPlan>;
}

/** What a worker's factory is given. */
export function settingsOf(plan: FleetPlan, place: number): SettingsPlan {
  return { ...plan.settings, ...plan.workers[place]?.settings };
}

/** The same of every worker. */
export function allSettings(plan: FleetPlan): readonly SettingsPlan[] {
  return plan.workers.map((_, place) => settingsOf(plan, place));
}

/** The least failures that open a circuit, whoever of the workers looks. */
export function fewestFailures(plan: FleetPlan): number {
  return Math.min(...allSettings(plan).map(fewestOf));
}

function fewestOf({ rule, threshold }: SettingsPlan): number {
  if (rule === undefined) return threshold;
  return rule.kind === 'count' ? rule.threshold : Math.ceil(rule.threshold * rule.minimumCalls);
}

/** How old a view may be that lets a call in, true ms. */
export function stalenessOf({ settings, faults }: FleetPlan): number {
  if (settings.maxStaleness === null) return 0;
  // A clock that is set makes a view look younger than it is, by as much: the documents say so.
  const steps = faults.reduce((sum, fault) => sum + (fault.kind === 'clock-step' ? Math.abs(fault.by) : 0), 0);
  return settings.maxStaleness * 1.05 + 2 + steps;
}

/** A fault in the words of a trace. */
export function describeFault(fault: FaultPlan): string {
  const { kind, at: _, ...rest } = fault;
  return `${kind} ${JSON.stringify(rest)}`;
}
