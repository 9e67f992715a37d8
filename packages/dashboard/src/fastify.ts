/** `@circuitry/dashboard/fastify`: the panel in a Fastify app. */
export { fastifyPanel, type FastifyLike, type FastifyPlugin } from './faces/fastify-panel.js';
