import type { OutcomeKind } from '../../src/machine/facts/outcome.js';

/** What the model is told; the machine is given the same as rules. */
export interface PlainSettings {
  readonly failuresInARow: number;
  /** At least half of at least `minimumCalls` calls failed within 10 buckets of so many ms; null: no such rule. */
  readonly rate: { readonly minimumCalls: number; readonly bucketLength: number } | null;
  readonly successesToClose: number;
  readonly allowAfter: number;
  /** How long closed before its next opening counts as the first again. */
  readonly calmPeriod: number;
  readonly trialLease: number;
  readonly clearAfter: number | null;
}

/** A call that was let in: the episode of the circuit's life that it belongs to. */
export interface PlainCall {
  readonly episode: number;
  readonly isTrial: boolean;
}

interface Settled {
  readonly at: number;
  readonly kind: 'success' | 'failure';
}

/**
 * The circuit as architecture.md tells it, for one caller at a time: it keeps lists where the machine keeps counters,
 * and asks nothing of the machine. Every change of state, round or override begins a new episode; an outcome counts in
 * its own episode alone.
 */
export class PlainCircuit {
  readonly #settings: PlainSettings;
  state: 'closed' | 'open' | 'half-open' = 'closed';
  override: { readonly state: 'open' | 'closed'; readonly until: number | null } | null = null;
  generation = 0;
  openings = 0;
  episode = 0;
  /** Settled calls that count, since the counts were last cleared. */
  settled: Settled[] = [];
  ignored = 0;
  tickets = 0;
  limit = 0;
  #endsAt = Infinity;
  /** Each state begins after the one before it, even within the same ms. */
  #since = 0;
  #clearAt: number | null = null;
  #isStored = false;

  constructor(settings: PlainSettings) {
    this.#settings = settings;
  }

  /** Null: refused. */
  start(now: number): PlainCall | null {
    if (this.override !== null) {
      if (this.override.until === null || now < this.override.until) {
        return this.override.state === 'open' ? null : this.#admitted(false);
      }
      this.#closeClean(now, null);
    }
    if (this.state === 'closed') return this.#admitted(false);
    if (now < this.#endsAt) {
      if (this.state === 'open' || this.tickets >= this.limit) return null;
      this.tickets += 1;
      this.#endsAt = Math.max(this.#endsAt, now + this.#settings.trialLease);
      return this.#admitted(true);
    }
    this.#beginRound(now, this.state === 'half-open');
    return this.#admitted(true);
  }

  /** False: it came too late. */
  end(call: PlainCall, kind: OutcomeKind, now: number): boolean {
    if (call.episode !== this.episode) return false;
    this.#clearIfDue(now);
    if (kind === 'ignored') {
      this.ignored += 1;
      if (this.state === 'half-open') this.tickets -= 1;
      return true;
    }
    this.settled.push({ at: now, kind });
    if (this.override !== null) return true;
    if (this.state === 'closed' && this.#isTripped(now)) this.#open(now, true);
    else if (this.state === 'half-open' && kind === 'failure') this.#open(now, false);
    else if (this.state === 'half-open' && this.settled.length >= this.#settings.successesToClose) {
      this.#closeClean(now, null, this.openings);
    }
    return true;
  }

  force(state: 'open' | 'closed', until: number | null, now: number): void {
    this.#closeClean(now, { state, until });
  }

  release(now: number): void {
    if (this.override !== null) this.#closeClean(now, null);
  }

  reset(now: number): void {
    this.#closeClean(now, null);
  }

  get failuresInARow(): number {
    const fromTheEnd = [...this.settled].reverse();
    const success = fromTheEnd.findIndex(({ kind }) => kind === 'success');
    return success === -1 ? fromTheEnd.length : success;
  }

  #admitted(isTrial: boolean): PlainCall {
    return { episode: this.episode, isTrial };
  }

  #isTripped(now: number): boolean {
    if (this.failuresInARow >= this.#settings.failuresInARow) return true;
    const { rate } = this.#settings;
    if (rate === null) return false;
    const bucketOf = (at: number): number => Math.floor(at / rate.bucketLength);
    const recent = this.settled.filter(({ at }) => bucketOf(now) - bucketOf(at) < 10);
    const failed = recent.filter(({ kind }) => kind === 'failure').length;
    return recent.length >= rate.minimumCalls && failed / recent.length >= 0.5;
  }

  #clearIfDue(now: number): void {
    const { clearAfter } = this.#settings;
    if (this.state !== 'closed' || this.override !== null || clearAfter === null) return;
    if (!this.#isStored) this.#clearAt = now + clearAfter;
    this.#isStored = true;
    if (this.#clearAt === null || now < this.#clearAt) return;
    this.settled = [];
    this.ignored = 0;
    this.generation += 1;
    this.#clearAt = now + clearAfter;
  }

  #open(now: number, isNewIncident: boolean): void {
    const isCalm = Math.max(0, now - this.#since) >= this.#settings.calmPeriod;
    this.openings = isNewIncident && isCalm ? 1 : this.openings + 1;
    this.#begin('open', now);
    if (isNewIncident) this.generation += 1;
    this.#endsAt = now + this.#settings.allowAfter;
  }

  #beginRound(now: number, isFurther: boolean): void {
    const { settled, ignored } = this;
    this.#begin('half-open', now);
    if (isFurther) Object.assign(this, { settled, ignored });
    this.tickets = 1;
    this.limit = this.#settings.successesToClose - this.settled.length;
    this.#endsAt = now + this.#settings.trialLease;
  }

  #closeClean(now: number, override: PlainCircuit['override'], openings = 0): void {
    const { clearAfter } = this.#settings;
    this.#begin('closed', now);
    this.override = override;
    this.openings = openings;
    this.generation += 1;
    this.#isStored = true;
    this.#clearAt = clearAfter === null || override !== null ? null : now + clearAfter;
  }

  #begin(state: PlainCircuit['state'], now: number): void {
    this.state = state;
    this.#since = Math.max(now, this.#since + 1);
    this.episode += 1;
    this.settled = [];
    this.ignored = 0;
    this.tickets = 0;
    this.limit = 0;
  }
}
