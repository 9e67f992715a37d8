import { openStore } from './backends.mjs';
import { openPanel } from './panel.mjs';
import { runPass } from './pass.mjs';
import { startProvider } from './provider/provider.mjs';

/** @typedef {import('./pass.mjs').Pass} Pass */

/**
 * @typedef {object} DemoResult
 * @property {import('./input/scenario.mjs').Scenario} scenario
 * @property {string} backendName
 * @property {Pass} without circuits
 * @property {Pass} withCircuits
 */

/**
 * Runs the same jobs twice, without and with circuits. Whatever happens, all that it started has ended when it settles.
 *
 * @param {object} options
 * @param {import('./input/scenario.mjs').Scenario} options.scenario
 * @param {readonly import('./input/jobs.mjs').Job[]} options.jobs
 * @param {import('./backends.mjs').BackendName} options.backendName
 * @param {AbortSignal} options.signal
 * @param {(glance: import('./pass.mjs').Glance) => void} options.onGlance
 * @param {(pass: Pass) => void} options.onPass when one is over
 * @param {((url: string) => void) | null} options.onPanel where the circuits can be watched; null: nowhere
 * @param {(result: DemoResult) => Promise<void>} options.onResult while the circuits are still there
 */
export async function runDemo({ scenario, jobs, backendName, signal, onGlance, onPass, onPanel, onResult }) {
  const store = await openStore(backendName);
  /** @type {Awaited<ReturnType<typeof openPanel>> | null} */
  let panel = null;
  try {
    if (onPanel !== null) {
      panel = await openPanel(store);
      onPanel(panel.url);
    }
    const provider = await startProvider();
    try {
      const pass = async (/** @type {boolean} */ circuits) => {
        const result = await runPass({ circuits, scenario, jobs, provider, store, signal, onGlance });
        onPass(result);
        return result;
      };
      const without = await pass(false);
      const withCircuits = await pass(true);
      await onResult({ scenario, backendName, without, withCircuits });
    } finally {
      await provider.close();
    }
  } finally {
    await panel?.close();
    await store.close();
  }
}
