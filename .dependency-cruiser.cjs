/** The rules of the layout that a tool can hold (docs/architecture.md). */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'client-knows-only-the-protocol',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^src/', pathNot: '^src/protocol/' },
    },
    {
      name: 'protocol-imports-only-zod',
      comment: 'Pure types and functions, shared by the server and the browser.',
      severity: 'error',
      from: { path: '^src/protocol/', pathNot: '\\.(spec|arbitrary)\\.ts$' },
      to: { pathNot: ['^src/protocol/', 'node_modules/zod'] },
    },
    {
      name: 'client-has-no-zod-at-run-time',
      comment: 'The schemas stay on the server; the browser takes the types alone.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: 'node_modules/zod', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-imports-openai',
      severity: 'error',
      from: { pathNot: '^src/model/openai-model-client\\.ts$' },
      to: { path: 'node_modules/openai/' },
    },
    {
      name: 'no-spec-in-product',
      severity: 'error',
      from: {
        pathNot: '^test/|\\.(spec|arbitrary)\\.tsx?$|^src/run/log/(contract/|run-log\\.contract\\.ts)',
      },
      to: { path: '\\.(spec|arbitrary)\\.tsx?$' },
    },
    {
      name: 'stream-layer-knows-no-signals',
      severity: 'error',
      from: { path: '^client/src/stream/' },
      to: { path: ['@preact/signals', 'node_modules/preact/', '^client/src/(state|blocks|components)/'] },
    },
    {
      name: 'library-without-signals',
      comment: '@millrace/client has two entries, and only one of them needs signals.',
      severity: 'error',
      from: { path: '^client/src/library/index\\.ts$' },
      to: { path: '@preact/signals|node_modules/preact/', reachable: true },
    },
    {
      name: 'protocol-knows-no-server',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^src/(?!protocol/)' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
