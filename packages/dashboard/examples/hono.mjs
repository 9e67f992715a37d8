/** The panel in a Hono app, beside what the app does itself. */
import { dashboard } from '@circuitry/dashboard';
import { honoPanel } from '@circuitry/dashboard/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/**
 * @param {import('@circuitry/core').StorageBackend} backend the workers' store
 * @param {import('@circuitry/dashboard').Authorize} authorize
 */
export async function startHono(backend, authorize) {
  const panel = dashboard({ backend, basePath: '/circuits', authorize });
  const app = new Hono();
  app.all('/circuits/*', honoPanel(panel));
  app.get('/health', (context) => context.text('well'));

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      await panel.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
