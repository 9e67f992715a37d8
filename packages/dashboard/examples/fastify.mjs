/** The panel in a Fastify app, beside what the app does itself. */
import { dashboard } from '@circuitry/dashboard';
import { fastifyPanel } from '@circuitry/dashboard/fastify';
import fastify from 'fastify';

/**
 * @param {import('@circuitry/core').StorageBackend} backend the workers' store
 * @param {import('@circuitry/dashboard').Authorize} authorize
 */
export async function startFastify(backend, authorize) {
  const panel = dashboard({ backend, basePath: '/circuits', authorize });
  const app = fastify({ forceCloseConnections: true });
  app.register(fastifyPanel(panel));
  app.get('/health', () => 'well');

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    async close() {
      await panel.close();
      await app.close();
    },
  };
}
