import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dashboard } from '../server/dashboard.js';
import { nodeListener } from './node-listener.js';

/** As much of a Fastify instance as the panel uses. */
export interface FastifyLike {
  /** Takes away the parsers of request bodies within the panel's plugin: the panel reads its bodies itself. */
  removeAllContentTypeParsers(): void;
  /** Adds a parser of request bodies within the panel's plugin. The panel's leaves each body unread, for type `'*'`. */
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): void;
  /** Adds a route for all methods: the panel's base path, and all that is below it. */
  all(path: string, handler: (request: { raw: IncomingMessage }, reply: FastifyReplyLike) => void): unknown;
}

interface FastifyReplyLike {
  readonly raw: ServerResponse;
  hijack(): void;
}

/** What Fastify's `app.register` takes. */
export type FastifyPlugin = (app: FastifyLike, options: unknown, done: (error?: Error) => void) => void;

/** The panel for `app.register(fastifyPanel(panel))`, without a prefix: it stands under its own base path. Fastify 4 or 5. */
export function fastifyPanel(panel: Dashboard): FastifyPlugin {
  const listener = nodeListener(panel);
  return (app, _options, done) => {
    // Within this plugin only: the panel reads its requests' bodies itself.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    const answer = (request: { raw: IncomingMessage }, reply: FastifyReplyLike): void => {
      reply.hijack();
      void listener(request.raw, reply.raw);
    };
    if (panel.basePath !== '') app.all(panel.basePath, answer);
    app.all(`${panel.basePath}/*`, answer);
    done();
  };
}
