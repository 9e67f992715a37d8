/**
 * The folders of a package's `src`, from the ground up: a folder imports only those before it, types included. This list is
 * the one place where that stands. A package that isn't here has no order among its folders; circles are forbidden in all.
 */
export const layers = {
  core: [
    'time',
    'errors',
    'contract',
    'machine',
    'events',
    'settings',
    'backend',
    'memory',
    'circuit',
    'store',
    'standby',
    'call',
    'admission',
    'outcomes',
    'exclusive',
    'bounded',
    'breaker',
  ],
};

/** Folders that are plain lists of like things: they may hold more files than others. */
export const plainLists = ['packages/core/src/machine', 'packages/testkit/src/checks'];

/** The most files of a folder, and the most lines of a file. */
export const limits = { files: 12, lines: 250 };
