import { preset } from '../../jest.preset.mjs';

// Two workers whatever the machine has: these tests wait much more than they compute.
export default { ...preset, displayName: 'testkit', maxWorkers: 2 };
