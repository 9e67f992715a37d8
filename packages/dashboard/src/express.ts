/** `@circuitry/dashboard/express`: the panel in an Express app. */
export { expressPanel, type ExpressHandler } from './faces/express-panel.js';
