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
    // build-commonjs.mjs rolls the types up.
    dts: false,
    ...more,
  };
}
