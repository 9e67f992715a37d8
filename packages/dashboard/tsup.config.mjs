import { preset } from '../../tooling/tsup.preset.mjs';
import { bundled } from './src/assets/bundled.mjs';

/** Puts the page's files into the build as text, in place of the module that bundles them. */
const embedClient = {
  name: 'embed-client',
  setup(build) {
    build.onLoad({ filter: /assets[\\/]bundled\.mjs$/ }, () => ({
      contents: `export const bundled = ${JSON.stringify(bundled)};`,
      loader: 'js',
    }));
  },
};

export default preset({
  entry: {
    index: 'src/index.ts',
    express: 'src/express.ts',
    fastify: 'src/fastify.ts',
    hono: 'src/hono.ts',
    node: 'src/node.ts',
  },
  esbuildPlugins: [embedClient],
});
