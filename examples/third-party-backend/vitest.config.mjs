import { defineConfig } from 'vitest/config';

// Programs are started, on machines that do other things besides: a bound for what hangs.
export default defineConfig({ test: { globalSetup: 'test/global-setup.mjs', testTimeout: 60_000 } });
