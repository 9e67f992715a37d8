import { once } from 'node:events';
import { wrongUse } from '../faults.js';
import { loadPeer } from '../store/load-peer.js';
import type { Terminal } from '../terminal/terminal.js';
import { withSession, type CommonOptions } from './session.js';

/** What `dashboard` takes. */
export interface DashboardOptions extends CommonOptions {
  readonly port: number;
}

/** What this verb uses of @circuitry/dashboard. */
interface DashboardModule {
  readonly dashboard: (options: {
    readonly backend: unknown;
    readonly settings?: unknown;
    readonly basePath: string;
  }) => object;
}

/** What it uses of @circuitry/dashboard/node. */
interface NodeModule {
  readonly serve: (
    panel: object,
    options: { readonly port: number },
  ) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** Serves the dashboard on this machine's loopback interface, to read only, until Ctrl-C. */
export async function dashboard(options: DashboardOptions, terminal: Terminal): Promise<void> {
  const panels = await load<DashboardModule>('@circuitry/dashboard', terminal);
  const { serve } = await load<NodeModule>('@circuitry/dashboard/node', terminal);
  await withSession(options, terminal, async ({ store }) => {
    const { backend, settings } = store;
    const known = Object.keys(settings).length > 0 ? { settings } : {};
    const panel = panels.dashboard({ backend, ...known, basePath: '/circuits' });
    const server = await serve(panel, { port: options.port }).catch((error: unknown) => {
      throw portFault(error, options.port);
    });
    await terminal.out(`${server.url}\n`);
    terminal.note(`Shows ${store.where}, to read only, on this machine only. Ctrl-C ends it.\n`);
    try {
      if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
    } finally {
      await server.close();
    }
  });
}

function portFault(error: unknown, port: number): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  const words = { EADDRINUSE: 'is taken', EACCES: 'is not for you to listen on' }[String(code)];
  if (words === undefined) return error;
  return wrongUse(`Port ${port} ${words}. Give another with --port, or --port 0 for any that is free.`, {
    cause: error,
  });
}

function load<Module>(name: string, { workingDirectory }: Terminal): Promise<Module> {
  const install = '@circuitry/dashboard';
  return loadPeer<Module>({ name, install, load: async () => (await import(name)) as Module }, workingDirectory);
}
