/** The house rules that a linter can hold, as plain data for eslint.config.mjs. CONTRIBUTING.md says why. */

const clock = 'Only clock.ts tells time: take `now` or a Clock as a parameter.';

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'performance'];

export const noAmbientTime = {
  'no-restricted-globals': ['error', ...timers.map((name) => ({ name, message: clock }))],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: clock },
    { object: 'AbortSignal', property: 'timeout', message: clock },
    ...['globalThis', 'global', 'window'].flatMap((object) =>
      timers.map((property) => ({ object, property, message: clock })),
    ),
  ],
  'no-restricted-syntax': [
    'error',
    // The class itself as well as `globalThis.Date`.
    {
      selector: 'NewExpression:matches([callee.name="Date"], [callee.property.name="Date"])[arguments.length=0]',
      message: clock,
    },
    { selector: 'CallExpression:matches([callee.name="Date"], [callee.property.name="Date"])', message: clock },
  ],
  'no-restricted-imports': [
    'error',
    { patterns: [{ regex: '^(node:)?(timers|timers/promises|perf_hooks)$', message: clock }] },
  ],
};

/** Globals that a browser, Deno, Bun or an edge worker lacks: core runs there too. */
export const noNodeGlobals = ['process', 'Buffer', 'global', 'require', 'module', '__dirname', '__filename'].map(
  (name) => ({ name, message: 'core runs outside Node as well: nothing of Node may be used.' }),
);

export const noDefaultExports = {
  'no-restricted-exports': [
    'error',
    {
      restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true },
    },
  ],
};
