/** The panel in an Express app, beside what the app does itself. */
import { dashboard } from '@circuitry/dashboard';
import { expressPanel } from '@circuitry/dashboard/express';
import express from 'express';

/**
 * @param {import('@circuitry/core').StorageBackend} backend the workers' store
 * @param {import('@circuitry/dashboard').Authorize} authorize
 */
export async function startExpress(backend, authorize) {
  const panel = dashboard({ backend, basePath: '/circuits', authorize });
  const app = express();
  app.use(express.json());
  app.use('/circuits', expressPanel(panel));
  app.get('/health', (_request, response) => void response.send('well'));

  const server = app.listen(0, '127.0.0.1');
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
