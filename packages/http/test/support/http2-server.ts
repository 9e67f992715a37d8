import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real HTTP/2 server for one test; clients that can't speak it are sent away. */
export interface Http2Server {
  readonly origin: string;
  /** For a client's `connect`: whom to trust. */
  readonly ca: string;
  /** How many connections were made, and how many requests came on them. */
  readonly sessions: number;
  readonly requests: number;
  readonly close: () => Promise<void>;
}

/** A certificate for localhost; null where there is no openssl to make one. */
const certificate: { readonly key: string; readonly cert: string } | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-http2-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const form = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  try {
    execFileSync('openssl', ['req', ...form, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

export const noCertificate: string | null =
  certificate === null ? 'there is no openssl in PATH to make a certificate' : null;

export async function serveHttp2(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<Http2Server> {
  let requests = 0;
  let sessions = 0;
  const open = new Set<ServerHttp2Session>();
  const { key, cert } = certificate as NonNullable<typeof certificate>;
  const server = createSecureServer({ key, cert, allowHTTP1: false }, (request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.on('session', (session) => {
    sessions += 1;
    open.add(session);
    session.on('close', () => open.delete(session)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    get sessions() {
      return sessions;
    },
    get requests() {
      return requests;
    },
    async close() {
      for (const session of open) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
