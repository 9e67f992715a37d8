import { preset } from '../../jest.preset.mjs';

// The SDK would say in each test file that it will drop Node 20 some day; the log is for what happens here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

export default {
  ...preset,
  displayName: 'backend-dynamodb',
  // A third of the time these tests wait, for leases and ttls to end and for frozen processes.
  maxWorkers: 2,
};
