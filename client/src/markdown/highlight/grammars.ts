import type { StreamParser } from '@codemirror/streamparser';

/** What cuts a language into tokens, line by line: CodeMirror's stream parsers. Each file is a chunk, loaded when it is first needed. */
export type Grammar = StreamParser<unknown>;

const clike = () => import('@codemirror/legacy-modes/mode/clike');
const css = () => import('@codemirror/legacy-modes/mode/css');
const javascript = () => import('@codemirror/legacy-modes/mode/javascript');
const xml = () => import('@codemirror/legacy-modes/mode/xml');

const grammars: Readonly<Record<string, () => Promise<Grammar>>> = {
  bash: async () => (await import('@codemirror/legacy-modes/mode/shell')).shell,
  c: async () => (await clike()).c,
  cmake: async () => (await import('@codemirror/legacy-modes/mode/cmake')).cmake,
  cpp: async () => (await clike()).cpp,
  csharp: async () => (await clike()).csharp,
  css: async () => (await css()).css,
  dart: async () => (await clike()).dart,
  diff: async () => (await import('@codemirror/legacy-modes/mode/diff')).diff,
  docker: async () => (await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile,
  go: async () => (await import('@codemirror/legacy-modes/mode/go')).go,
  groovy: async () => (await import('@codemirror/legacy-modes/mode/groovy')).groovy,
  haskell: async () => (await import('@codemirror/legacy-modes/mode/haskell')).haskell,
  html: async () => (await xml()).html,
  ini: async () => (await import('@codemirror/legacy-modes/mode/properties')).properties,
  java: async () => (await clike()).java,
  javascript: async () => (await javascript()).javascript,
  json: async () => (await javascript()).json,
  kotlin: async () => (await clike()).kotlin,
  latex: async () => (await import('@codemirror/legacy-modes/mode/stex')).stex,
  less: async () => (await css()).less,
  lua: async () => (await import('@codemirror/legacy-modes/mode/lua')).lua,
  nginx: async () => (await import('@codemirror/legacy-modes/mode/nginx')).nginx,
  objectivec: async () => (await clike()).objectiveC,
  perl: async () => (await import('@codemirror/legacy-modes/mode/perl')).perl,
  powershell: async () => (await import('@codemirror/legacy-modes/mode/powershell')).powerShell,
  protobuf: async () => (await import('@codemirror/legacy-modes/mode/protobuf')).protobuf,
  python: async () => (await import('@codemirror/legacy-modes/mode/python')).python,
  r: async () => (await import('@codemirror/legacy-modes/mode/r')).r,
  ruby: async () => (await import('@codemirror/legacy-modes/mode/ruby')).ruby,
  rust: async () => (await import('@codemirror/legacy-modes/mode/rust')).rust,
  sass: async () => (await import('@codemirror/legacy-modes/mode/sass')).sass,
  scala: async () => (await clike()).scala,
  scss: async () => (await css()).sCSS,
  sql: async () => (await import('@codemirror/legacy-modes/mode/sql')).pgSQL,
  swift: async () => (await import('@codemirror/legacy-modes/mode/swift')).swift,
  toml: async () => (await import('@codemirror/legacy-modes/mode/toml')).toml,
  typescript: async () => (await javascript()).typescript,
  xml: async () => (await xml()).xml,
  yaml: async () => (await import('@codemirror/legacy-modes/mode/yaml')).yaml,
};

/** Other names that models write. */
const aliases: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'cpp',
  conf: 'ini',
  console: 'bash',
  cs: 'csharp',
  dockerfile: 'docker',
  gradle: 'groovy',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  hs: 'haskell',
  htm: 'html',
  js: 'javascript',
  jsonc: 'json',
  json5: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  mjs: 'javascript',
  mysql: 'sql',
  node: 'javascript',
  'objective-c': 'objectivec',
  patch: 'diff',
  pgsql: 'sql',
  postgresql: 'sql',
  properties: 'ini',
  proto: 'protobuf',
  ps1: 'powershell',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  sqlite: 'sql',
  svg: 'xml',
  tex: 'latex',
  ts: 'typescript',
  tsx: 'typescript',
  vue: 'html',
  xhtml: 'html',
  yml: 'yaml',
  zsh: 'bash',
};

/** Loads the grammar of a language as a fence names it; undefined for one that stays plain. */
export function grammarOf(language: string): (() => Promise<Grammar>) | undefined {
  const name = language.toLowerCase();
  const known = Object.hasOwn(aliases, name) ? aliases[name]! : name;
  return Object.hasOwn(grammars, known) ? grammars[known] : undefined;
}
