import { preset } from '../../jest.preset.mjs';

// One worker: a browser and a server are enough for two processors.
export default { ...preset, displayName: 'dashboard', maxWorkers: 1 };
