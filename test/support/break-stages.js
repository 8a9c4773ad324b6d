/**
 * Preloaded into the server as it is before it is bundled (`--import`, dist/modules): a stage of a run throws when what it is given holds `break-<stage>`. What it throws is
 * no error that anybody foresaw, and its text is secret. A run whose checkpoint threw once gets no other.
 */
const at = (path) => new URL(`../../dist/modules/${path}`, import.meta.url).href;
const load = async (path, name) => (await import(at(path)))[name].prototype;

function breaks(stage, prototype, method) {
  const whole = prototype[method];
  const broken = new Set();
  prototype[method] = function (...given) {
    const meets = textOf(given).includes(`break-${stage}`);
    if (meets && typeof given[0] === 'string') broken.add(given[0]);
    if (meets || broken.has(given[0])) throw new TypeError(`secret words at ${stage}`);
    return whole.apply(this, given);
  };
}

function textOf(given) {
  const seen = new WeakSet();
  return JSON.stringify(given, (_key, value) => {
    if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  });
}

breaks('history', await load('conversation/conversation.store.js', 'ConversationStore'), 'history');
breaks('tools', await load('tools/mcp-tool-box.js', 'McpToolBox'), 'open');
breaks('model', await load('model/openai-model-client.js', 'OpenAiModelClient'), 'stream');
breaks('events', await load('chat/operators/step-events.js', 'StepEvents'), 'events');
breaks('arguments', await load('tools/mcp-tool-box.js', 'McpToolBox'), 'parse');
breaks('call', await load('tools/mcp-tool-box.js', 'McpToolBox'), 'call');
breaks('checkpoint', await load('run/recovery/checkpointer.js', 'Checkpointer'), 'add');
breaks('frames', await load('protocol/native-encoder.js', 'NativeEncoder'), 'encode');
