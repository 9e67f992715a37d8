/** Harnesses as a stranger writes them, over the packed core: a right one, and one that loses the losers' answer. */
const harnesses = `
const right = { open() {
  const store = new MemoryBackend();
  return { connect: () => store.connect(), close: () => store.close() };
} };
const broken = { open() {
  const store = new MemoryBackend();
  const connect = () => {
    const handle = store.connect();
    const apply = handle.apply.bind(handle);
    handle.apply = async (...args) => {
      const change = await apply(...args);
      return change.applied ? change : { ...change, record: null };
    };
    return handle;
  };
  return { connect, close: () => store.close() };
} };
`;

/** A few clauses, none of which waits, are enough to see a runner pass, fail and skip. */
const declarations = (kind: string, runner: string): string => `
describeStorageBackend('a right backend (${kind})', right, { ${runner}only: ['R1', 'A2', 'E2', 'S5'] });
describeStorageBackend('a broken backend (${kind})', broken, { ${runner}only: ['R1', 'A2'] });
`;

/** A suite as an ES module; `runner` names where describe and it come from, where they are no globals. */
export function esmSuite(runner?: string): string {
  return `import { MemoryBackend } from '@circuitry/core';
import { describeStorageBackend } from '@circuitry/testkit';
${runner === undefined ? '' : `import { describe, it } from '${runner}';`}
${harnesses}${declarations('mjs', runner === undefined ? '' : 'describe, it, ')}`;
}

/** The same through \`require\`; where a runner knows only ES modules, through createRequire. */
export function commonJsSuite(runner?: 'vitest'): string {
  const inModule =
    runner === 'vitest'
      ? "import { createRequire } from 'node:module';\nimport { describe, it } from 'vitest';\nconst require = createRequire(import.meta.url);"
      : '';
  return `${inModule}
const { MemoryBackend } = require('@circuitry/core');
const { describeStorageBackend } = require('@circuitry/testkit');
${harnesses}${declarations('cjs', runner === undefined ? '' : 'describe, it, ')}`;
}

/** Modules for the command line. */
export const rightModule: string = `import { MemoryBackend } from '@circuitry/core';
${harnesses}
export const harness = right;
`;
export const brokenModule: string = `const { MemoryBackend } = require('@circuitry/core');
${harnesses}
module.exports = broken;
`;
export const unheardModule: string = `import { MemoryBackend } from '@circuitry/core';
${harnesses}
export const harness = {
  open() {
    void Promise.reject(new Error('nobody hears this'));
    return right.open();
  },
};
`;
/** Throws once from a timer, and calls watchers from one, where nobody catches what they throw. */
export const throwingModule: string = `import { MemoryBackend } from '@circuitry/core';
export const harness = {
  open() {
    const store = new MemoryBackend();
    setTimeout(() => { throw new Error('nobody catches this'); }, 1);
    const connect = () => {
      const handle = store.connect();
      const watch = handle.watch.bind(handle);
      handle.watch = (listener) => watch((event) => void setTimeout(() => listener(event), 1));
      return handle;
    };
    return { connect, close: () => store.close() };
  },
};
`;
export const keptAliveModule: string = `import { MemoryBackend } from '@circuitry/core';
${harnesses}
export const harness = {
  open() {
    setInterval(() => {}, 1_000);
    return right.open();
  },
};
`;
export const typeScriptModule: string = `import { MemoryBackend } from '@circuitry/core';
import type { StorageHarness } from '@circuitry/testkit';
export const harness: StorageHarness = {
  open() {
    const store: MemoryBackend = new MemoryBackend();
    return { connect: () => store.connect(), close: () => store.close() };
  },
};
`;
