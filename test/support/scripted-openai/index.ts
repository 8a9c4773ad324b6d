export * from './script.js';
export * as scripts from './scripts.js';
export { startScriptedOpenAi } from './start.js';
export type { ScriptedOpenAi } from './start.js';
