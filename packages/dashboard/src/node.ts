/** `@circuitry/dashboard/node`: the panel on node:http. */
export { nodeListener, type NodeListener } from './faces/node-listener.js';
export { serve, type Served, type ServeOptions } from './faces/serve.js';
