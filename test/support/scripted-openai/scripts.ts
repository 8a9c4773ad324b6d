import type { Answer, Script, SequenceScript, Step, TurnsScript } from './script.js';

/** A tool call as a test writes it: `args` is JSON text, or an object to make it of. */
export interface ScriptedCall {
  id: string;
  name: string;
  args: string | Record<string, unknown>;
}

export interface ScriptedUsage {
  prompt: number;
  completion: number;
  reasoning?: number;
  cached?: number;
}

const defaultUsage: ScriptedUsage = { prompt: 10, completion: 5 };

/** Steps: the pieces of an answer. */
export const text = (...pieces: string[]): Step[] =>
  pieces.map((content) => ({ do: 'chunk', delta: { content } }));
export const reasoning = (...pieces: string[]): Step[] =>
  pieces.map((reasoning_content) => ({ do: 'chunk', delta: { reasoning_content } }));
/** The newer name of the same, as vLLM and OpenRouter have it. */
export const reasoningField = (...pieces: string[]): Step[] =>
  pieces.map((piece) => ({ do: 'chunk', delta: { reasoning: piece } }));
export const refusal = (...pieces: string[]): Step[] =>
  pieces.map((piece) => ({ do: 'chunk', delta: { refusal: piece } }));
export const finish = (finish_reason = 'stop', usage?: ScriptedUsage): Step[] => [
  { do: 'chunk', finish_reason, usage: usage ? usageOf(usage) : null },
];
/** The chunk of its own that `stream_options.include_usage` asks for. */
export const usage = (counts: ScriptedUsage = defaultUsage): Step[] => [
  { do: 'chunk', usage: usageOf(counts), fields: { choices: [] } },
];
export const done = (): Step[] => [{ do: 'data', data: '[DONE]' }];
export const gate = (name = 'gate'): Step[] => [{ do: 'gate', name }];
export const hang = (): Step[] => [{ do: 'hang' }];
export const cut = (): Step[] => [{ do: 'cut' }];
export const reset = (): Step[] => [{ do: 'reset' }];
export const comment = (words: string): Step[] => [{ do: 'write', text: `: ${words}\n\n` }];

/** The first fragment of each call carries id and name; its arguments follow in fragments of a few characters. */
export const toolCalls = (calls: readonly ScriptedCall[], fragment = 4): Step[] =>
  calls.flatMap(({ id, name, args }, index): Step[] => {
    const json = typeof args === 'string' ? args : JSON.stringify(args);
    const opening = { index, id, type: 'function', function: { name, arguments: '' } };
    const pieces = json.match(new RegExp(`[^]{1,${fragment}}`, 'gu')) ?? [];
    return [
      { do: 'chunk', delta: { role: 'assistant', content: null, tool_calls: [opening] } },
      ...pieces.map((piece): Step => {
        const item = { index, id: null, type: null, function: { name: null, arguments: piece } };
        return { do: 'chunk', delta: { tool_calls: [item] } };
      }),
    ];
  });

/** Answers: what one request gets. */
export const answer = (...parts: (Step | Step[])[]): Answer => ({ steps: parts.flat() });
export const turns = (...answers: Answer[]): TurnsScript => ({ turns: answers });
export const sequence = (...answers: Answer[]): SequenceScript => ({ sequence: answers });

/** Acceptance vector 1 of the seed: "", "Hello", " ", "wörld", stop, and usage in a chunk of its own. */
export const plain = (): Answer =>
  answer(
    { do: 'chunk', delta: { role: 'assistant', content: '' } },
    text('Hello', ' ', 'wörld'),
    finish(),
    usage(),
    done(),
  );

/** Says these pieces and stops. */
export const saying = (...pieces: string[]): Answer => answer(text(...pieces), finish(), usage(), done());

export const withReasoning = (thoughts: string[] = ['hmm ', 'ok'], words: string[] = ['答', '案']): Answer =>
  answer(reasoning(...thoughts), text(...words), finish(), usage(), done());

/** Calls tools; the step ends with `tool_calls`. */
export const calling = (...calls: ScriptedCall[]): Answer =>
  answer(toolCalls(calls), finish('tool_calls'), usage(), done());

/** Acceptance vector 2: a is right, b is unknown, c has broken arguments, d fails; then the plain text. */
export const fourCalls = (names = { echo: 'echo', unknown: 'nope', fail: 'fail' }): TurnsScript =>
  turns(
    calling(
      { id: 'a', name: names.echo, args: '{"x":1}' },
      { id: 'b', name: names.unknown, args: '{}' },
      { id: 'c', name: names.echo, args: '{bad' },
      { id: 'd', name: names.fail, args: '{}' },
    ),
    plain(),
  );

/** Acceptance vector 5: never stops calling. The ids differ from call to call. */
export const endlessCalls = (name = 'echo', args: Record<string, unknown> = { x: 1 }): Answer =>
  calling({ id: 'call_{{request}}', name, args });

/** Waits for `release('gate')` before each piece, and before the end. */
export const slow = (pieces: string[], gateName = 'gate'): Answer =>
  answer(
    pieces.flatMap((piece) => [...gate(gateName), ...text(piece)]),
    gate(gateName),
    finish(),
    usage(),
    done(),
  );

/** Acceptance vector 4: dies after these pieces. */
export const cutAfter = (...pieces: string[]): Answer => answer(text(...pieces), cut());
/** The same with a reset, as soon as the test releases the gate. */
export const resetAfter = (...pieces: string[]): Answer => answer(text(...pieces), gate(), reset());
/** Ends cleanly, but without a finish reason. */
export const endingWithoutFinish = (...pieces: string[]): Answer => answer(text(...pieces));
/** Headers, then nothing. */
export const stalled = (): Answer => answer(hang());
export const stalledAfter = (...pieces: string[]): Answer => answer(text(...pieces), hang());
/** Says only that it is busy. */
export const onlyComments = (): Answer => answer(comment('PROCESSING'), comment('PROCESSING'), hang());

export const notJson = (): Answer => answer(text('Hel'), { do: 'data', data: '{"choices": [' }, hang());
export const notUtf8 = (): Answer =>
  answer(text('Hel'), { do: 'bytes', base64: Buffer.from([0xff, 0xfe, 0x0a]).toString('base64') }, hang());
export const webPage = (): Answer => ({
  headers: { 'content-type': 'text/html' },
  steps: [{ do: 'write', text: '<!doctype html>\n<title>It works</title>\n' }],
});
/** One line of 50 MB that never ends. */
export const hugeLine = (characters = 50 * 1024 * 1024): Answer =>
  answer({ do: 'write', text: 'data: {"x":"' }, { do: 'repeat', text: 'x', characters }, hang());

/** An error answer in OpenAI's form. */
export const failing = (
  status: number,
  error: { message?: string; type?: string; code?: string | null; param?: string | null } = {},
  headers: Record<string, string> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  steps: [
    {
      do: 'write',
      text: JSON.stringify({
        error: { message: 'scripted failure', type: 'scripted', param: null, code: null, ...error },
      }),
    },
  ],
});
export const rateLimited = (headers: Record<string, string> = { 'retry-after-ms': '1' }): Answer =>
  failing(429, { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' }, headers);
export const contextTooLong = (): Answer =>
  failing(400, {
    message:
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. See https://example.com/limits",
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
  });
export const unauthorized = (): Answer =>
  failing(401, {
    message: 'Incorrect API key provided: sk-test-1234567890',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  });
/** An error object in mid-stream, as gateways send it when the status is spent. */
export const errorAfter = (error: unknown, ...pieces: string[]): Answer =>
  answer(text(...pieces), { do: 'data', data: JSON.stringify({ error }) });

/** Chinese text; `pieceBytes` 1 cuts it, and its CRLFs, at every byte. */
export const chinese = (pieceBytes = 1): Answer => ({
  ...answer(text('你好', '，', '世界🌏'), finish(), usage(), done()),
  pieceBytes,
  newline: '\r\n',
});

/** An answer of this many deltas, each different, so that what is missing or twice can be seen. */
export const long = (deltas: number, delta: (index: number) => string = (index) => `w${index} `): Answer =>
  saying(...Array.from({ length: deltas }, (_, index) => delta(index)));

export const refusing = (): Answer =>
  answer(refusal('I cannot ', 'help with that.'), finish(), usage(), done());

/** What each model name answers, unless a test says otherwise: `{"model": "plain"}` needs no set-up at all. */
export const scriptsByModel: Readonly<Record<string, Script>> = {
  plain: plain(),
  reasoning: withReasoning(),
  'reasoning-field': answer(reasoningField('hmm ', 'ok'), text('答', '案'), finish(), usage(), done()),
  refusal: refusing(),
  tools: fourCalls(),
  'endless-tools': endlessCalls(),
  slow: slow(['one ', 'two ', 'three']),
  cut: cutAfter('Hel', 'lo'),
  'no-finish': endingWithoutFinish('Hel', 'lo'),
  stalled: stalled(),
  'stalled-after': stalledAfter('Hel', 'lo'),
  comments: onlyComments(),
  'not-json': notJson(),
  'not-utf8': notUtf8(),
  'web-page': webPage(),
  'huge-line': hugeLine(),
  'rate-limited-once': sequence(rateLimited(), plain()),
  'rate-limited': rateLimited(),
  unavailable: failing(503),
  'bad-request': failing(400),
  'context-too-long': contextTooLong(),
  unauthorized: unauthorized(),
  'usage-on-finish': answer(text('Hello'), finish('stop', defaultUsage), done()),
  'usage-twice': answer(
    text('Hello'),
    finish('stop', { prompt: 1, completion: 1 }),
    usage({ prompt: 10, completion: 5, reasoning: 2, cached: 4 }),
    done(),
  ),
  'no-usage': answer(text('Hello'), finish(), done()),
  chinese: chinese(),
  long: long(500),
};

function usageOf({ prompt, completion, reasoning: thought, cached }: ScriptedUsage): Record<string, unknown> {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    completion_tokens_details: thought === undefined ? null : { reasoning_tokens: thought },
    prompt_tokens_details: cached === undefined ? null : { cached_tokens: cached },
  };
}
