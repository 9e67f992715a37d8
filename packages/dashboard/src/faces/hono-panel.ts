import type { Dashboard } from '../server/dashboard.js';

/** As much of a Hono context as the panel uses. */
export interface HonoContextLike {
  /** The request; `raw` is the standard one that the panel answers. */
  readonly req: { readonly raw: Request };
  /** What the host gives. On @hono/node-server its `incoming` tells the peer's address. */
  readonly env: unknown;
}

/** What Hono's `app.all` takes. */
export type HonoHandler = (context: HonoContextLike) => Promise<Response>;

/**
 * The panel for `app.all('/circuits/*', honoPanel(panel))`. Who the peer is, is known on @hono/node-server alone: elsewhere
 * give an `authorize` of your own.
 */
export function honoPanel(panel: Dashboard): HonoHandler {
  return ({ req, env }) => panel(req.raw, { remoteAddress: remoteAddressOf(env) });
}

function remoteAddressOf(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
