/** `@circuitry/dashboard`: a panel over any backend. The faces are subpaths: `/express`, `/fastify`, `/hono`, `/node`. */
export { dashboard, type Dashboard } from './server/dashboard.js';
export type { DashboardOptions } from './server/options.js';
export type { PanelSettings } from './circuits/panel-settings.js';
export { onlyLoopback, type Access, type Authorize } from './server/access.js';
export type { ConnectionInfo } from './server/connection.js';
