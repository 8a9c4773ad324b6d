import { availableParallelism } from 'node:os';

const swc = (tsx) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: tsx ? { syntax: 'typescript', tsx: true } : { syntax: 'typescript', decorators: true },
      transform: tsx
        ? { react: { runtime: 'automatic', importSource: 'preact' } }
        : { legacyDecorator: true, decoratorMetadata: true },
    },
  },
];

export const common = {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': swc(false), '\\.tsx$': swc(true) },
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/fast-check.js'],
};

/** Three tiers by cost: unit specs beside their file, HTTP tests against a listening server, a real browser. */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      roots: [
        '<rootDir>/src',
        '<rootDir>/client/src',
        '<rootDir>/scripts',
        '<rootDir>/test/properties',
        '<rootDir>/test/support',
      ],
      testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
    },
    {
      ...common,
      displayName: 'e2e',
      roots: ['<rootDir>/test'],
      testMatch: ['**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.js',
    },
  ],
  globalSetup: '<rootDir>/test/support/shared-postgres.js',
  globalTeardown: '<rootDir>/test/support/shared-postgres-end.js',
  // About a third of the time is waiting, for processes, sockets and clocks.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 60_000,
  // Else Node frees its environment at the end, where 24.21 has waited for a lost request without end (uv_run in CleanupHandles), at full load.
  forceExit: true,
  reporters: ['default', '<rootDir>/test/support/slowest-reporter.js'],
};
