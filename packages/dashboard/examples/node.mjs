/** The panel on node:http, beside what the program answers itself. */
import { dashboard } from '@circuitry/dashboard';
import { nodeListener } from '@circuitry/dashboard/node';
import { createServer } from 'node:http';

/**
 * @param {import('@circuitry/core').StorageBackend} backend the workers' store
 * @param {import('@circuitry/dashboard').Authorize} authorize
 */
export async function startNode(backend, authorize) {
  const panel = dashboard({ backend, basePath: '/circuits', authorize });
  const answer = nodeListener(panel);
  const server = createServer((request, response) => {
    if (request.url.startsWith('/circuits')) return void answer(request, response);
    response.end(request.url === '/health' ? 'well' : 'nothing here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      await panel.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
