/** How every package is built: ES modules and their types; build-commonjs.mjs derives the CommonJS half from them. */
export function preset({ entry, ...more }) {
  return {
    entry,
    format: ['esm'],
    target: 'es2022',
    platform: 'node',
    removeNodeProtocol: false,
    sourcemap: true,
    clean: true,
    silent: true,
    // Types come from the other packages' builds, as they will for a user. TypeScript 6 warns of an option that tsup sets.
    dts: { compilerOptions: { customConditions: [], ignoreDeprecations: '6.0' } },
    ...more,
  };
}
