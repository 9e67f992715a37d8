import { expect } from '@jest/globals';
import { circuitName, circuitParts, MemoryBackend, type Permit, type StorageBackend } from '@circuitry/core';
import { mustBeRefused, runCall } from './run-call.js';
import type { ExpectedEvent, ListStep, Scenario, Step } from './scenario.js';
import { World, type ScenarioWorker } from './scenario-world.js';

/**
 * Runs a scenario against core: two workers on one store under one virtual clock.
 *
 * @param connect one worker's backend on a store that is empty at first. Default: on one memory
 */
export async function runScenario(
  { settings, steps }: Scenario,
  connect: () => StorageBackend = onOneMemory(),
): Promise<void> {
  const world = new World(settings, connect);
  try {
    for (const [index, step] of steps.entries()) {
      try {
        const times = 'times' in step ? (step.times ?? 1) : 1;
        for (let left = times; left > 0; left -= 1) await runStep(step, world);
        await world.idle();
      } catch (error) {
        throw new Error(`Step ${index + 1}, ${JSON.stringify(step)}: ${(error as Error).message}`, { cause: error });
      }
    }
  } finally {
    await world.close();
  }
}

function onOneMemory(): () => StorageBackend {
  const memory = new MemoryBackend();
  return () => memory.connect();
}

async function runStep(step: Step, world: World): Promise<void> {
  const worker = world.workers[step.worker ?? 'A'];
  const { breaker } = worker;
  switch (step.do) {
    case 'call':
      return runCall(step, worker, world);
    case 'start': {
      const started = await breaker.start().catch((error: unknown) => error);
      if (step.expect === 'refused') return mustBeRefused(started, step);
      expect(started).not.toBeInstanceOf(Error);
      world.permits.set(step.permit, started as Permit);
      return;
    }
    case 'end':
      return runEnd(step, world.permits.get(step.permit) as Permit);
    case 'advance':
      return world.advance(step.by);
    case 'clock-step':
      return world.clock.step(step.by);
    case 'forceOpen':
    case 'forceClosed':
    case 'trip': {
      const { do: verb, worker: _, ...options } = step;
      return breaker[verb](options);
    }
    case 'release':
    case 'reset':
      return breaker[step.do]();
    case 'setMode':
      worker.factory.setMode(step.mode);
      return;
    case 'outage':
      worker.link.outage = step.of;
      return;
    case 'list':
      return runList(step, worker);
    case 'name':
      expect(circuitName(...(step.parts as [string, ...string[]]))).toBe(step.is);
      expect(circuitParts(step.is)).toEqual(step.parts);
      return;
    case 'look': {
      const information = await breaker.information();
      expect(information).toMatchObject(step.expect);
      if (step.asBefore === true) expect(information).toEqual(world.lastLook);
      world.lastLook = information;
      return;
    }
    case 'events':
      expect(world.events.splice(0)).toEqual(step.expect.map((event) => expect.objectContaining(partly(event))));
  }
}

async function runEnd(step: Extract<Step, { do: 'end' }>, permit: Permit): Promise<void> {
  const ending =
    step.outcome === 'success'
      ? permit.succeed()
      : step.outcome === 'failure'
        ? permit.fail(new Error('failed'), step.openFor === undefined ? undefined : { openFor: step.openFor })
        : permit.ignore();
  const outcome: unknown = await ending.then(
    () => 'ended',
    (error: unknown) => error,
  );
  if (step.expect === 'ended') expect(outcome).toBe('ended');
  else expect(outcome).toMatchObject({ code: step.code });
}

async function runList({ only, prefix, expect: expected }: ListStep, { link }: ScenarioWorker): Promise<void> {
  const names: string[] = [];
  const options = { ...(only !== undefined && { only }), ...(prefix !== undefined && { prefix }) };
  for await (const { name } of link.list(options)) names.push(name);
  expect(names.sort()).toEqual(expected);
}

function partly(event: ExpectedEvent): Record<string, unknown> {
  const { information, ...rest } = event;
  return { ...rest, ...(information && { information: expect.objectContaining({ ...information }) }) };
}
