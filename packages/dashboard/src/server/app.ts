import { Hono, type Context } from 'hono';
import type { Circuits } from '../circuits/circuits.js';
import type { Listings } from '../circuits/listings.js';
import { faultOf } from '../records/fault.js';
import type { StoreObserver } from '../watch/observer.js';
import { accessOf, isDenied, type Granted } from './access.js';
import { readAct, readBody } from './act-body.js';
import { assetsByFile } from './asset-files.js';
import type { ConnectionInfo } from './connection.js';
import { faultOfAct, tokenFor } from './guard.js';
import { securityHeaders } from './headers.js';
import { healthOf, listPage, readListQuery, viewsOf } from './listing.js';
import type { Options } from './options.js';
import { messagePage, noSuchPage, shellOf } from './shell.js';
import { changeStream } from './stream.js';
import { overviewOf } from '../watch/overview.js';

/** What the routes are made of. */
export interface Parts {
  readonly options: Options;
  readonly observer: StoreObserver;
  readonly listings: Listings;
  readonly circuits: Circuits;
  /** Aborted when the panel is closed. */
  readonly closing: AbortSignal;
}

interface Env {
  Bindings: ConnectionInfo;
  Variables: { access: Granted };
}

/** The panel's routes. Whoever asks is asked for first; only the page's own files are for everybody. */
export function appOf(parts: Parts): Hono<Env> {
  const { options, observer, circuits, closing } = parts;
  const { basePath, clock, kindOf, onFault } = options;
  const app = new Hono<Env>({ strict: false });
  const at = (path: string): string => `${basePath}${path}`;

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value);
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  });

  app.get(at('/assets/:file'), (context) => {
    const asset = assetsByFile.get(context.req.param('file') ?? '');
    if (asset === undefined) return notFound(context, basePath);
    return context.body(asset.content, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  app.use(async (context, next) => {
    const access = await accessOf(options.authorize, context.req.raw, context.env, onFault);
    if (!isDenied(access)) {
      context.set('access', access);
      return next();
    }
    const { status, code, message } = access;
    if (isApi(context, basePath)) return context.json({ code, message }, status);
    return context.html(messagePage(basePath, 'Not for you', message), status);
  });

  for (const path of ['', '/', '/list', '/circuit']) app.get(at(path), (context) => context.html(shellOf(basePath)));

  app.get(at('/api/session'), (context) => {
    const { by, write, prefix } = context.var.access;
    return context.json({ by, write, prefix, token: tokenFor(context, basePath) });
  });

  app.get(at('/api/overview'), async (context) => {
    const { prefix } = context.var.access;
    const snapshot = await observer.troubled(prefix);
    const now = clock.now();
    const health = healthOf(snapshot, observer, prefix);
    return context.json(overviewOf(viewsOf(snapshot, options.kindOf, now), health, now));
  });

  app.get(at('/api/list'), async (context) => {
    const query = readListQuery(context.req.query());
    if (query === null) return context.json({ code: 'ERR_QUERY', message: 'There is no such list.' }, 400);
    const page = await listPage(parts, context.var.access.prefix, query);
    if (page !== null) return context.json(page);
    return context.json(
      {
        code: 'ERR_LISTING_OVER',
        message: 'This listing has ended: it waited too long, or another process kept it. Begin it again.',
      },
      410,
    );
  });

  app.get(at('/api/circuit'), async (context) => {
    const name = context.req.query('name') ?? '';
    if (!isWithin(name, context.var.access)) return outside(context);
    return context.json(await circuits.look(name));
  });

  app.get(at('/api/events'), (context) =>
    context.body(changeStream(observer, { prefix: context.var.access.prefix, kindOf, clock, closing }), 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      // Whatever compresses or buffers on the way would hold messages back until its buffer is full.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    }),
  );

  app.post(at('/api/act'), async (context) => {
    const { access } = context.var;
    if (!access.write) {
      return context.json(
        { code: 'ERR_READ_ONLY', message: 'You may look at these circuits, but not change them.' },
        403,
      );
    }
    const fault = faultOfAct(context);
    if (fault !== null) return context.json(fault, 403);
    const body = await readBody(context.req.raw);
    if (body === null) return context.json({ code: 'ERR_ACT', message: 'An act has at most 16 kB.' }, 413);
    const act = readAct(body);
    if (typeof act === 'string') return context.json({ code: 'ERR_ACT', message: act }, 400);
    if (!isWithin(act.name, access)) return outside(context);
    const result = await circuits.act(act, access.by);
    observer.touch(access.prefix);
    return context.json(result, result.status === 'done' ? 200 : 409);
  });

  app.notFound((context) => notFound(context, basePath));
  app.onError((error, context) => {
    const fault = faultOf(error);
    if (fault.code === 'ERR_UNEXPECTED') onFault(error);
    if (isApi(context, basePath)) return context.json(fault, statusOf(fault.code));
    return context.html(messagePage(basePath, 'Something went wrong', fault.message), 500);
  });
  return app;
}

/** Nothing tells a circuit that is out of the viewer's reach from an address that was never there. */
function outside(context: Context): Response {
  return context.json(
    { code: 'ERR_NOT_FOUND', message: 'There is no such circuit among those that you may see.' },
    404,
  );
}

function isWithin(name: string, { prefix }: Granted): boolean {
  return name !== '' && name.startsWith(prefix);
}

function notFound(context: Context, basePath: string): Response | Promise<Response> {
  if (isApi(context, basePath))
    return context.json({ code: 'ERR_NOT_FOUND', message: 'There is no such address.' }, 404);
  return context.html(noSuchPage(basePath), 404);
}

function isApi(context: Context, basePath: string): boolean {
  return context.req.path.startsWith(`${basePath}/api/`);
}

function statusOf(code: string): 400 | 422 | 500 | 503 {
  switch (code) {
    case 'ERR_INVALID_NAME':
    case 'ERR_INVALID_SETTINGS':
      return 400;
    case 'ERR_CORRUPT_RECORD':
    case 'ERR_UNSUPPORTED_RECORD':
      return 422;
    case 'ERR_STORAGE':
    case 'ERR_CLOSED':
      return 503;
    default:
      return 500;
  }
}
