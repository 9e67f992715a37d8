import { MemoryBackend } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { dashboard, type Dashboard, type DashboardOptions } from '../../src/index.js';

/** A panel over a memory backend with a clock of its own, asked without a server. */
export interface TestPanel {
  readonly backend: MemoryBackend;
  readonly clock: VirtualClock;
  readonly panel: Dashboard;
  readonly faults: unknown[];
  /** Asks as a browser on the panel's own page would. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly json: <T>(path: string, init?: RequestInit) => Promise<T>;
  readonly act: (body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

const origin = 'https://ops.example';

export function testPanel(options: Partial<DashboardOptions> = {}): TestPanel {
  const clock = new VirtualClock();
  const backend = new MemoryBackend({ clock });
  const faults: unknown[] = [];
  const panel = dashboard({
    backend,
    clock,
    authorize: () => ({ read: true, write: true, by: 'ada' }),
    onFault: (error) => void faults.push(error),
    ...options,
  });
  const ask = (path: string, init?: RequestInit): Promise<Response> => panel(new Request(`${origin}${path}`, init));
  return {
    backend,
    clock,
    panel,
    faults,
    ask,
    async json<T>(path: string, init?: RequestInit): Promise<T> {
      return (await (await ask(path, init)).json()) as T;
    },
    async act(body, headers = {}) {
      const session = await ask(`${panel.basePath}/api/session`);
      const { token } = (await session.json()) as { token: string };
      return ask(`${panel.basePath}/api/act`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'sec-fetch-site': 'same-origin',
          'x-circuitry-token': token,
          cookie: (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    },
  };
}
