import { dashboard, onlyLoopback } from '@circuitry/dashboard';
import { serve } from '@circuitry/dashboard/node';
import { connect } from './backends.mjs';

/**
 * The panel over the demo's circuits, for whoever sits at this machine.
 *
 * @param {import('./backends.mjs').Store} store
 */
export async function openPanel({ connection, connectHere }) {
  const { backend, close } = connection === null ? atHand(connectHere()) : await connect(connection);
  const panel = dashboard({ backend, authorize: onlyLoopback({ write: true, by: 'you' }) });
  const served = await serve(panel);
  return {
    url: served.url,
    async close() {
      await served.close();
      await close();
    },
  };
}

/** @param {import('@circuitry/core').StorageBackend} backend */
function atHand(backend) {
  return { backend, close: async () => backend.close?.() };
}
