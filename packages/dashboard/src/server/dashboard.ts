import { Circuits } from '../circuits/circuits.js';
import { Listings } from '../circuits/listings.js';
import { StoreObserver } from '../watch/observer.js';
import { appOf } from './app.js';
import type { ConnectionInfo } from './connection.js';
import { readDashboardOptions, type DashboardOptions } from './options.js';

/**
 * The panel: answers requests below its base path. A face hands it what came in; `connection` says who the peer is, which
 * only a panel without `authorize` (or with `onlyLoopback`) asks.
 */
export interface Dashboard {
  (request: Request, connection?: ConnectionInfo): Promise<Response>;
  /** The path it stands under: `''` or `'/circuits'`. */
  readonly basePath: string;
  /** Ends live pages' streams and the watch on the store. The backend stays open: it is yours. */
  close(): Promise<void>;
}

/**
 * Makes a panel over the workers' store. Nothing is asked of the store before somebody looks.
 *
 * @throws InvalidSettingsError with every fault of `options`, and of `options.settings`
 */
export function dashboard(options: DashboardOptions): Dashboard {
  const read = readDashboardOptions(options);
  const { backend, settings, clock, storageTimeout, kindOf } = read;
  const observer = new StoreObserver(backend, clock);
  const listings = new Listings(backend, clock);
  const circuits = new Circuits({ backend, settings, kindOf, storageTimeout, clock, observer });
  const closing = new AbortController();
  const app = appOf({ options: read, observer, listings, circuits, closing: closing.signal });
  return Object.assign(
    async (request: Request, connection: ConnectionInfo = {}): Promise<Response> => app.fetch(request, connection),
    {
      basePath: read.basePath,
      async close(): Promise<void> {
        closing.abort();
        listings.close();
        await Promise.all([observer.close(), circuits.close()]);
      },
    },
  );
}
