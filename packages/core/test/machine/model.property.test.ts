import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CircuitRecord } from '@circuitry/core';
import { counter } from '../../src/machine/facts/counter-names.js';
import type { Fence } from '../../src/machine/record/fence.js';
import type { OutcomeKind } from '../../src/machine/facts/outcome.js';
import { forced, released, reset } from '../../src/machine/transition/override.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import type { Transition } from '../../src/machine/transition/transition.js';
import { outcome, rulesOf, t0 } from '../support/machine.js';
import { timeWindow } from '../../src/machine/window/window-spec.js';
import { MachineCircuit } from '../support/machine-circuit.js';
import { PlainCircuit, type PlainCall, type PlainSettings } from '../support/plain-circuit.js';
import { consecutiveFailuresRule } from '../../src/settings/trip/kinds/consecutive-failures.js';
import { failureRateRule } from '../../src/settings/trip/kinds/failure-rate.js';
import { anyOfRule } from '../../src/settings/trip/kinds/any-of.js';

interface Both {
  readonly plain: PlainCircuit;
}

interface Real {
  readonly circuit: MachineCircuit;
  readonly rules: Rules;
  now: number;
  /** Calls that run, as each of the two knows them. */
  readonly calls: { readonly call: PlainCall; readonly fence: Fence }[];
}

function seenOf(record: CircuitRecord | null): object {
  const count = (name: string): number => record?.counters[name] ?? 0;
  return {
    state: record?.state ?? 'closed',
    forced: record?.override?.state,
    generation: record?.generation ?? 0,
    openings: record?.openings ?? 0,
    failuresInARow: count(counter.consecutiveFailures),
    settled: count(counter.totalFailures) + count(counter.totalSuccesses),
    ignored: count(counter.totalIgnored),
    tickets: count(counter.trialsStarted),
    limit: count(counter.trialsLimit),
  };
}

function shownOf({
  state,
  override,
  generation,
  openings,
  failuresInARow,
  settled,
  ignored,
  tickets,
  limit,
}: PlainCircuit): object {
  const forced = override?.state;
  return { state, forced, generation, openings, failuresInARow, settled: settled.length, ignored, tickets, limit };
}

abstract class Command implements fc.Command<Both, Real> {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  check(): boolean {
    return true;
  }

  run({ plain }: Both, real: Real): void {
    this.act(plain, real);
    const [known, seen] = [shownOf(plain), seenOf(real.circuit.record)];
    // A text first: an assertion per step is most of the time that this test takes.
    if (JSON.stringify(seen) !== JSON.stringify(known)) expect(seen).toEqual(known);
  }

  toString(): string {
    return this.#name;
  }

  protected abstract act(plain: PlainCircuit, real: Real): void;
}

class Start extends Command {
  constructor() {
    super('start');
  }

  act(plain: PlainCircuit, real: Real): void {
    const call = plain.start(real.now);
    const started = real.circuit.start(real.now);
    if ((call === null) !== (started.kind === 'refused')) throw new Error(`the machine ${started.kind} it`);
    if (started.kind === 'refused' && (started.until ?? Infinity) <= real.now) throw new Error('until when?');
    if (call !== null && started.kind === 'admitted') real.calls.push({ call, fence: started.fence });
  }
}

class End extends Command {
  readonly #kind: OutcomeKind;
  readonly #pick: number;

  constructor(kind: OutcomeKind, pick: number) {
    super(`end ${kind} (${pick})`);
    this.#kind = kind;
    this.#pick = pick;
  }

  act(plain: PlainCircuit, real: Real): void {
    if (real.calls.length === 0) return;
    const [ended] = real.calls.splice(this.#pick % real.calls.length, 1);
    if (ended === undefined) return;
    const counted = plain.end(ended.call, this.#kind, real.now);
    const settled = outcome(this.#kind, real.now);
    if (real.circuit.end(ended.fence, [settled], real.now) !== Number(counted))
      throw new Error(`it counts: ${counted}`);
  }
}

class Wait extends Command {
  readonly #ms: number;

  constructor(ms: number) {
    super(`wait ${ms}`);
    this.#ms = ms;
  }

  act(_plain: PlainCircuit, real: Real): void {
    real.now += this.#ms;
  }
}

class Operate extends Command {
  readonly #what: 'open' | 'closed' | 'release' | 'reset';
  readonly #length: number | null;

  constructor(what: 'open' | 'closed' | 'release' | 'reset', length: number | null) {
    super(`${what} ${length}`);
    this.#what = what;
    this.#length = length;
  }

  act(plain: PlainCircuit, { circuit, rules, now }: Real): void {
    let transition: Transition | null;
    if (this.#what === 'release') {
      plain.release(now);
      transition = released(circuit.record, now, rules);
    } else if (this.#what === 'reset') {
      plain.reset(now);
      transition = reset(circuit.record, now, rules);
    } else {
      const until = this.#length === null ? null : now + this.#length;
      plain.force(this.#what, until, now);
      transition = forced(circuit.record, { state: this.#what, reason: null, by: null, until }, now, rules);
    }
    if (transition !== null) circuit.store(transition, now);
  }
}

const commands = fc.commands(
  [
    fc.constant(new Start()),
    fc.constant(new Start()),
    fc.tuple(fc.constantFrom('failure' as const, 'success' as const), fc.nat(9)).map((args) => new End(...args)),
    fc.tuple(fc.constantFrom('failure' as const, 'ignored' as const), fc.nat(9)).map((args) => new End(...args)),
    fc.oneof(fc.constantFrom(1, 499, 500, 501, 1_000), fc.integer({ min: 0, max: 5_000 })).map((ms) => new Wait(ms)),
    fc
      .tuple(fc.constantFrom('open', 'closed', 'release', 'reset'), fc.option(fc.integer({ min: 1, max: 900 })))
      .map((args) => new Operate(...args)),
  ],
  { maxCommands: 80, size: 'max' },
);

const settings: fc.Arbitrary<PlainSettings> = fc.record({
  failuresInARow: fc.integer({ min: 1, max: 5 }),
  rate: fc.option(
    fc.record({ minimumCalls: fc.integer({ min: 2, max: 6 }), bucketLength: fc.constantFrom(1, 100, 1_000) }),
  ),
  successesToClose: fc.integer({ min: 1, max: 4 }),
  allowAfter: fc.constantFrom(1, 500, 3_000),
  calmPeriod: fc.constantFrom(0, 500, 60_000),
  trialLease: fc.constantFrom(10, 500, 1_000),
  clearAfter: fc.constantFrom(null, 500, 2_000),
});

function rulesFor({
  failuresInARow,
  rate,
  successesToClose,
  allowAfter,
  calmPeriod,
  trialLease,
  clearAfter,
}: PlainSettings): Rules {
  const inARow = consecutiveFailuresRule(failuresInARow);
  const window = rate && timeWindow(rate.bucketLength * 10, 10);
  const trip = window === null ? inARow : anyOfRule([inARow, failureRateRule(0.5, rate?.minimumCalls ?? 1, window)]);
  return rulesOf({
    trip,
    closing: { kind: 'consecutive-successes', successes: successesToClose },
    allowAfter: () => allowAfter,
    calmPeriod,
    cyclicClearAfter: clearAfter,
    trialLease,
  });
}

test('the machine does what a plain circuit with lists of outcomes does, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(settings, commands, (given, happenings) => {
      fc.modelRun(() => {
        const rules = rulesFor(given);
        return {
          model: { plain: new PlainCircuit(given) },
          real: { circuit: new MachineCircuit(rules), rules, now: t0, calls: [] },
        };
      }, happenings);
    }),
    { numRuns: 400 },
  );
});
