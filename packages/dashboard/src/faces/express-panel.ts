import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dashboard } from '../server/dashboard.js';
import { nodeListener } from './node-listener.js';

/** What Express's `app.use` takes. */
export type ExpressHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What Express and its body parsers add to a request. */
interface ExpressRequest extends IncomingMessage {
  /** The address before Express took the mounting path off. */
  readonly originalUrl?: string;
  readonly body?: unknown;
  rawBody?: Buffer;
}

/** The panel for `app.use(panel.basePath || '/', expressPanel(panel))`, of Express 4 or 5. What is not below its base path goes on to `next`. */
export function expressPanel(panel: Dashboard): ExpressHandler {
  const listener = nodeListener(panel);
  return (incoming, response, next) => {
    const request = incoming as ExpressRequest;
    const url = request.originalUrl ?? request.url ?? '/';
    const [path = '/'] = url.split('?');
    if (path !== panel.basePath && !path.startsWith(`${panel.basePath}/`)) return next();
    const { url: mounted } = request;
    request.url = url;
    // A body parser that stands before has read the body, and its stream is at its end.
    if (request.body !== undefined && request.readableEnded) {
      request.rawBody = bytesOf(request.body);
    }
    listener(request, response).catch((error: unknown) => {
      if (mounted !== undefined) request.url = mounted;
      next(error);
    });
  };
}

/** A parser of text or bytes leaves the body as it was. */
function bytesOf(body: unknown): Buffer {
  return Buffer.from(Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body));
}
