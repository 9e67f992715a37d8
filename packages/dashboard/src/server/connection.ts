/** What a face knows of a request beyond the `Request` itself. */
export interface ConnectionInfo {
  /** The peer's address, as its socket says; undefined where nobody knows. */
  readonly remoteAddress?: string | undefined;
}

const loopbackHosts = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const loopbackAddresses = /^(127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;

/** What a proxy in front adds: the peer is the proxy then, and says nothing of who asks. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * Whether a request was made on this machine, by somebody who meant it: the peer is a loopback address, no proxy stands
 * between, and the address asked for is a loopback one too. Without the last, a web page elsewhere could have its own
 * name resolve to 127.0.0.1 and read the panel with the reader's browser (DNS rebinding).
 */
export function isLoopback(request: Request, { remoteAddress }: ConnectionInfo): boolean {
  if (remoteAddress === undefined || !loopbackAddresses.test(remoteAddress)) return false;
  if (proxyHeaders.some((name) => request.headers.has(name))) return false;
  return loopbackHosts.test(new URL(request.url).hostname);
}
