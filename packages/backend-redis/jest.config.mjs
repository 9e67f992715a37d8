import { preset } from '../../jest.preset.mjs';

// Nearly all of the time these tests wait, for leases to end and servers to fail over: more of them than processors.
export default { ...preset, displayName: 'backend-redis', maxWorkers: 3 };
