/** `@circuitry/dashboard/hono`: the panel in a Hono app. */
export { honoPanel, type HonoHandler, type HonoContextLike } from './faces/hono-panel.js';
