import { number, readOptions, type Reader } from '@circuitry/core/backend';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dashboard } from '../server/dashboard.js';
import { nodeListener } from './node-listener.js';

const panelReader: Reader<unknown> = (name, value, problems) => {
  if (typeof value !== 'function' || !('basePath' in value))
    problems.push({ name, value, expected: 'the panel that dashboard() made' });
  return value;
};
const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;
const portReader = number('a port from 0 to 65535', isPort);

/** What `serve` takes. */
export interface ServeOptions {
  /** 0: any that is free. Default 0. */
  readonly port?: number | undefined;
}

/** A panel that is served. */
export interface Served {
  /** To be opened in a browser. */
  readonly url: string;
  /** The port it listens on: the one that was asked for, or the free one that was found for 0. */
  readonly port: number;
  /** Closes the panel and the server. The backend stays open. */
  close(): Promise<void>;
}

/**
 * Serves a panel on 127.0.0.1, and on no other address: for a command, or for a look at a machine's own circuits.
 *
 * Rejects with the system's error where the port is taken, with InvalidSettingsError for what is no panel and no port.
 */
export async function serve(panel: Dashboard, { port = 0 }: ServeOptions = {}): Promise<Served> {
  readOptions({ panel: panelReader, port: portReader }, { panel, port });
  const listener = nodeListener(panel);
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}${panel.basePath}/`,
    port: taken,
    async close() {
      await panel.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
