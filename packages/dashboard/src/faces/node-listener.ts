import { getRequestListener } from '@hono/node-server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dashboard } from '../server/dashboard.js';

/** What `http.createServer` takes. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The panel as a listener of node:http. It answers every request that it is given; those outside of its base path with 404. */
export function nodeListener(panel: Dashboard): NodeListener {
  return getRequestListener(
    (request, env) => panel(request, { remoteAddress: (env.incoming as IncomingMessage).socket.remoteAddress }),
    // The host's own Request and Response stay as they are.
    { overrideGlobalObjects: false },
  );
}
