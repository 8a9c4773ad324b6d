import { common } from './jest.config.js';

/** Runs under faults (`npm run chaos`): not a part of `npm test`, because they need the machine for themselves, one at a time. */
export default {
  ...common,
  displayName: 'chaos',
  roots: ['<rootDir>/test/chaos'],
  testMatch: ['**/*.chaos-spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  maxWorkers: 1,
  // Else Node frees its environment at the end, where 24.21 has waited for a lost request without end (uv_run in CleanupHandles), at full load.
  forceExit: true,
};
