import { Random } from '../concurrency/random.js';
import type { Fault, FaultRates, PlannedFault, Verb } from './fault.js';

interface Planned {
  readonly plan: PlannedFault;
  met: number;
}

/** Decides what befalls each call: what was planned for it, else what the seed draws. */
export class FaultSource {
  readonly #planned: Planned[] = [];
  readonly #random: Random;
  #rates: FaultRates;

  constructor(plan: readonly PlannedFault[], rates: FaultRates, seed: number) {
    for (const planned of plan) this.add(planned);
    this.#rates = rates;
    this.#random = Random.of(seed, 'FaultyBackend');
  }

  add(plan: PlannedFault): void {
    this.#planned.push({ plan, met: 0 });
  }

  setRates(rates: FaultRates): void {
    this.#rates = rates;
  }

  /** Forgets what is still planned, and draws no more. */
  clear(): void {
    this.#planned.length = 0;
    this.#rates = {};
  }

  /** What befalls this call, in order: latency first, then at most one other fault. */
  faultsFor(verb: Verb, name: string): Fault[] {
    const planned = this.#planned.filter((entry) => concerns(entry, verb, name)).map(({ plan }) => plan.fault);
    return [
      ...planned.filter(({ type }) => type === 'latency'),
      ...planned.filter(({ type }) => type !== 'latency').slice(0, 1),
      ...this.#drawn(verb, planned),
    ];
  }

  #drawn(verb: Verb, planned: readonly Fault[]): Fault[] {
    const rates = this.#rates;
    const drawn: Fault[] = [];
    const [least, most] = rates.latencyBetween ?? [1, 50];
    if (this.#falls(rates.latency)) drawn.push({ type: 'latency', ms: least + this.#random.below(most - least + 1) });
    if (planned.some(({ type }) => type !== 'latency')) return drawn;
    const writes = verb === 'apply' || verb === 'store';
    if (this.#falls(rates.error)) return [...drawn, { type: 'error' }];
    if (this.#falls(rates.lostReply)) return [...drawn, { type: 'lost-reply' }];
    if (verb === 'retrieve' && this.#falls(rates.staleRead)) return [...drawn, { type: 'stale-read' }];
    if (writes && this.#falls(rates.tornWrite)) return [...drawn, { type: 'torn-write' }];
    if (writes && this.#falls(rates.duplicate)) return [...drawn, { type: 'duplicate' }];
    return drawn;
  }

  #falls(rate = 0): boolean {
    return rate > 0 && this.#random.chance(rate);
  }
}

function concerns(entry: Planned, verb: Verb, name: string): boolean {
  const { plan } = entry;
  if (plan.name !== undefined && plan.name !== name) return false;
  if (plan.verb !== undefined && ![plan.verb].flat().includes(verb)) return false;
  entry.met += 1;
  const from = plan.from ?? 1;
  return entry.met >= from && entry.met < from + (plan.times ?? 1);
}
