import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Fault } from '../protocol/answers.js';

const cookieName = 'circuitry-panel';

/**
 * The token that an act must send back. It lies in a cookie that no script reads and no other site's request carries, and
 * is told to the page itself, which repeats it in a header: a page elsewhere can neither read it nor set the header. It
 * needs no memory, so any process of a fleet may answer.
 */
export function tokenFor(context: Context, basePath: string): string {
  const known = getCookie(context, cookieName);
  if (known !== undefined && /^[\w-]{36}$/.test(known)) return known;
  const token = crypto.randomUUID();
  setCookie(context, cookieName, token, {
    path: basePath === '' ? '/' : basePath,
    httpOnly: true,
    sameSite: 'Strict',
    secure: new URL(context.req.url).protocol === 'https:',
  });
  return token;
}

/** What is wrong with a request that would change something; null: nothing. */
export function faultOfAct(context: Context): Fault | null {
  const header = (name: string): string | undefined => context.req.header(name);
  if (header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    return { code: 'ERR_CONTENT_TYPE', message: 'An act is sent as application/json.' };
  }
  const site = header('sec-fetch-site');
  // A browser says it itself, whatever a proxy does to the host. One that doesn't sends an origin, to be compared.
  const isSameOrigin = site === undefined ? isOriginOf(context.req.url, header('origin')) : site === 'same-origin';
  if (!isSameOrigin) return { code: 'ERR_ORIGIN', message: 'An act must come from the panel’s own page.' };
  const token = getCookie(context, cookieName);
  if (token === undefined || token === '' || header('x-circuitry-token') !== token) {
    return { code: 'ERR_TOKEN', message: 'The page’s token is missing or old. Load the page again.' };
  }
  return null;
}

function isOriginOf(url: string, origin: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  // By host alone: behind a proxy that ends TLS, the panel itself is asked over http.
  return new URL(origin).host === new URL(url).host;
}
