/**
 * The provider, a process of its own: an HTTP server on loopback with one endpoint per tenant,
 * `POST /tenants/TENANT/jobs`, that works, hangs, fails or slows down as the scenario says.
 */
import { createServer } from 'node:http';
import { StoryClock } from '../clock.mjs';
import { faultAt, isHit } from './faults.mjs';

/** @type {import('../input/scenario.mjs').Scenario | null} */
let scenario = null;
let clock = new StoryClock(1);

const server = createServer((request, response) => {
  const tenant = decodeURIComponent(/^\/tenants\/([^/]+)\/jobs$/.exec(request.url ?? '')?.[1] ?? '');
  const faults = scenario?.tenants[tenant]?.faults;
  if (faults === undefined) return void request.resume().once('end', () => response.writeHead(404).end());
  const takes = Number(request.headers['x-takes']);
  const attempt = String(request.headers['x-attempt']);
  // Whoever hangs up while we work has had enough.
  response.on('error', () => {});
  request.resume().once('end', () => {
    const fault = faultAt(faults, clock.now());
    if (fault === null || !isHit(fault, attempt)) return answer(200, takes);
    if (fault.kind === 'fail') return answer(503, fault.after);
    if (fault.kind === 'slow') return answer(200, takes * fault.times);
    return undefined;
  });

  /** @param {number} status @param {number} after ms of the story */
  function answer(status, after) {
    const cancel = clock.after(after, () => response.writeHead(status).end());
    response.once('close', cancel);
  }
});

server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ type: 'listening', port: address.port });
});

process.on('message', (/** @type {any} */ message) => {
  if (message.type !== 'begin') return;
  clock.stop();
  scenario = message.scenario;
  clock = new StoryClock(message.scenario.timeScale, message.startedAt);
});

// Ctrl-C reaches the whole group of processes: the one that started this one decides when it ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
