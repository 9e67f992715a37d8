import { once } from 'node:events';
import { loadPeer, type Peer } from '../store/load-peer.js';
import type { Terminal } from '../terminal/terminal.js';
import { withSession, type CommonOptions } from './session.js';

/** What `dashboard` takes. */
export interface DashboardOptions extends CommonOptions {
  readonly port: number;
}

/** What this verb uses of @circuitry/dashboard/node. */
interface DashboardModule {
  readonly serve: (options: {
    readonly backend: unknown;
    readonly settings: unknown;
    readonly port: number;
  }) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

const name = '@circuitry/dashboard/node';
const dashboardPackage: Peer<DashboardModule> = {
  name,
  install: '@circuitry/dashboard',
  load: async () => (await import(name)) as DashboardModule,
};

/** Serves the dashboard on this machine's loopback interface, to read only, until Ctrl-C. */
export async function dashboard(options: DashboardOptions, terminal: Terminal): Promise<void> {
  const { serve } = await loadPeer(dashboardPackage, terminal.workingDirectory);
  await withSession(options, terminal, async ({ store }) => {
    const { backend, settings } = store;
    const server = await serve({ backend, settings, port: options.port });
    await terminal.out(`${server.url}\n`);
    terminal.note(`Shows ${store.where}, to read only, on this machine only. Ctrl-C ends it.\n`);
    try {
      if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
    } finally {
      await server.close();
    }
  });
}
