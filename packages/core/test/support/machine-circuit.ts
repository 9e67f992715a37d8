import { applyDelta, meetsExpectation, type CircuitRecord } from '@circuitry/core';
import { Draft } from '../../src/machine/counting/draft.js';
import { isCurrent, type Fence } from '../../src/machine/record/fence.js';
import type { Outcome } from '../../src/machine/facts/outcome.js';
import { reportWrite } from '../../src/machine/counting/report.js';
import { mergeOutcomes } from './merge-outcomes.js';
import { stamped, unrecorded } from '../../src/machine/record/revision.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import { firstStep, nextStep, type RefusalReason, type StartStep } from '../../src/machine/steps/start-steps.js';
import { decidedTransition, type Transition } from '../../src/machine/transition/transition.js';

export type Started =
  | { readonly kind: 'admitted'; readonly fence: Fence }
  | { readonly kind: 'refused'; readonly because: RefusalReason; readonly until: number | null };

/** The machine with nothing around it: one record, and one caller at a time. */
export class MachineCircuit {
  record: CircuitRecord | null;
  readonly #rules: Rules;

  constructor(rules: Rules, record: CircuitRecord | null = null) {
    this.#rules = rules;
    this.record = record;
  }

  start(now: number): Started {
    let step: StartStep = firstStep(this.record, now, this.#rules);
    for (;;) {
      if (step.kind === 'refuse') return { kind: 'refused', because: step.because, until: step.until };
      if (step.kind === 'admit') {
        const { state, since } = this.record ?? unrecorded;
        return { kind: 'admitted', fence: { state, since } };
      }
      if (step.kind === 'give-back') throw new Error('nobody else takes tickets here');
      if (step.kind === 'ticket') this.#apply(step.delta);
      else this.store(step.transition, now);
      step = nextStep(step, { applied: true, record: this.record, now }, this.#rules);
    }
  }

  /** Settles outcomes of one fence in order, as one write while nothing decides; answers how many counted. */
  end(fence: Fence, outcomes: readonly Outcome[], now: number): number {
    let left = outcomes;
    while (left.length > 0 && isCurrent(fence, this.record)) {
      const draft = new Draft(this.record, now, this.#rules, fence);
      const taken = mergeOutcomes(draft, left);
      const write = reportWrite(this.record, draft, now, this.#rules, true);
      if (write.kind === 'apply') this.#apply(write.delta);
      else {
        if (!meetsExpectation(this.record?.counters ?? {}, write.expect)) throw new Error('nobody else writes here');
        this.record = stamped(write.next, this.record, now, { chance: 0, by: 'test' });
      }
      const decided = decidedTransition(this.record as CircuitRecord, now, this.#rules, draft.lastFailure);
      if (decided !== null) this.store(decided, now);
      left = left.slice(taken);
    }
    return outcomes.length - left.length;
  }

  store({ before, next, expect }: Transition, now: number): void {
    if (before !== this.record || !meetsExpectation(this.record?.counters ?? {}, expect))
      throw new Error('nobody else writes here');
    this.record = stamped(next, before, now, { chance: 0, by: 'test' });
  }

  #apply(delta: Parameters<typeof applyDelta>[1]): void {
    const record = this.record as CircuitRecord;
    this.record = { ...record, counters: applyDelta(record.counters, delta) };
  }
}
