import { embedAssets } from '../../tooling/embed-assets.mjs';
import { preset } from '../../tooling/tsup.preset.mjs';

export default preset({
  entry: {
    index: 'src/index.ts',
    express: 'src/express.ts',
    fastify: 'src/fastify.ts',
    hono: 'src/hono.ts',
    node: 'src/node.ts',
  },
  esbuildPlugins: [embedAssets],
});
