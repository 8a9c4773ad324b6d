import fc from 'fast-check';
import { MillraceError } from '../protocol/error-code.js';
import { parseChunk } from './parse-chunk.js';
import { ToolCallFragments } from './tool-call-fragments.js';

const parse = (chunk: unknown, event?: string) =>
  parseChunk(JSON.stringify(chunk), { calls: new ToolCallFragments() }, event);
const parseDelta = (delta: unknown) => parse({ choices: [{ index: 0, delta }] }).deltas;
const codeOf = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    return (error as MillraceError).code;
  }
  return undefined;
};

describe('[MODEL-02] parseChunk', () => {
  it('reads a chunk of OpenAI with all its nulls', () => {
    const delta = { content: 'Hello', function_call: null, refusal: null, role: null, tool_calls: null };
    const choices = [{ delta, finish_reason: null, index: 0, logprobs: null }];
    const chunk = { id: 'cmpl-1', choices, created: 1, model: 'm', service_tier: null, usage: null };
    expect(parse(chunk)).toEqual({ deltas: [{ type: 'text', delta: 'Hello' }], response_id: 'cmpl-1' });
  });

  it.each([
    [{ reasoning_content: 'a' }, ['a']],
    [{ reasoning: 'b' }, ['b']],
    [{ reasoning_content: 'a', reasoning: 'a' }, ['a']],
    [{ reasoning_content: null, reasoning: 'b' }, ['b']],
    [{ reasoning_content: '', reasoning: 'b' }, ['b']],
  ])('reads the reasoning of %j once', (delta, expected) => {
    expect(parseDelta(delta)).toEqual(expected.map((piece) => ({ type: 'reasoning', delta: piece })));
  });

  it('reads a list of text and thinking parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hmm' }] },
      { type: 'text', text: 'ok' },
    ];
    expect(parseDelta({ content })).toEqual([
      { type: 'reasoning', delta: 'hmm' },
      { type: 'text', delta: 'ok' },
    ]);
  });

  it('reads log probabilities, whatever servers leave out of them, before their text', () => {
    const logprobs = {
      content: [
        { token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2 }, 5] },
        { token: 'c', logprob: -3 },
        { token: 'broken' },
      ],
      refusal: null,
    };
    const choices = [{ index: 0, delta: { content: 'ac' }, logprobs }];
    expect(parse({ choices }).deltas).toEqual([
      {
        type: 'logprobs',
        content: [
          {
            token: 'a',
            logprob: -1,
            bytes: [97],
            top_logprobs: [{ token: 'b', logprob: -2, bytes: null }],
          },
          { token: 'c', logprob: -3, bytes: null, top_logprobs: [] },
        ],
      },
      { type: 'text', delta: 'ac' },
    ]);
  });

  it('reads the deprecated function_call as the first tool call', () => {
    const delta = { function_call: { name: 'now', arguments: '{}' } };
    expect(parseDelta(delta)).toEqual([{ type: 'tool_call', index: 0, name: 'now', args: '{}' }]);
  });

  it('reads only the first of several choices (D-24)', () => {
    const choices = [
      { index: 1, delta: { content: 'other' }, finish_reason: 'length' },
      { index: 0, delta: { content: 'first' }, finish_reason: null },
    ];
    expect(parse({ choices })).toEqual({ deltas: [{ type: 'text', delta: 'first' }] });
    expect(parse({ choices: [choices[0]] })).toEqual({ deltas: [] });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['function_call', 'function_call'],
    ['eos', 'stop'],
    ['', undefined],
    [null, undefined],
  ])('takes the finish reason %j for %j', (given, expected) => {
    expect(parse({ choices: [{ index: 0, delta: {}, finish_reason: given }] }).finish_reason).toBe(expected);
  });

  it('reads usage with its details, under the names of OpenAI and of DeepSeek', () => {
    const details = {
      prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 2 },
    };
    const counts = { input_tokens: 10, output_tokens: 5, cached_input_tokens: 3 };
    expect(
      parse({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, ...details } }).usage,
    ).toEqual({
      ...counts,
      cache_write_tokens: 1,
      reasoning_tokens: 2,
    });
    const deepSeek = { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 3 };
    expect(parse({ usage: deepSeek }).usage).toEqual(counts);
    expect(parse({ usage: { prompt_tokens: -1, completion_tokens: 'x' } }).usage).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '1', '"x"', 'NaN'])('takes %j for garbage', (data) => {
    expect(codeOf(() => parseChunk(data, { calls: new ToolCallFragments() }))).toBe('upstream_garbage');
  });

  it.each([
    [{ error: { message: 'm', code: 429 } }, undefined, 'upstream_rate_limited'],
    [{ error: { message: 'm', type: 'rate_limit_error' } }, undefined, 'upstream_rate_limited'],
    [{ error: { message: 'm', type: 'server_error', code: null } }, undefined, 'upstream_unavailable'],
    [{ error: { message: 'm', code: 'invalid_request' } }, undefined, 'upstream_rejected'],
    [{ error: { message: 'm', code: 'invalid_api_key', type: 'auth' } }, undefined, 'upstream_unauthorized'],
    [{ error: 'boom' }, undefined, 'upstream_unavailable'],
    [{ message: 'm', code: 503 }, 'error', 'upstream_unavailable'],
    [
      { choices: [{ index: 0, finish_reason: 'error', error: { code: 502 } }] },
      undefined,
      'upstream_unavailable',
    ],
    [
      { error: { code: 'context_length_exceeded', message: 'too long' } },
      undefined,
      'context_length_exceeded',
    ],
  ])('throws the error of %j (event %s): %s', (chunk, event, code) => {
    expect(codeOf(() => parse(chunk, event))).toBe(code);
  });

  it('takes a null error for none', () => {
    expect(parse({ error: null, choices: [{ index: 0, delta: { content: 'a' } }] }).deltas).toHaveLength(1);
  });

  it('gives deltas or a MillraceError for whatever comes', () => {
    const odd = fc.jsonValue({ maxDepth: 4 });
    const call = fc.record(
      {
        index: odd,
        id: odd,
        function: fc.oneof(odd, fc.record({ name: odd, arguments: odd }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    const delta = fc.record(
      {
        content: odd,
        reasoning: odd,
        reasoning_content: odd,
        refusal: odd,
        tool_calls: fc.oneof(odd, fc.array(fc.oneof(odd, call))),
        function_call: odd,
      },
      { requiredKeys: [] },
    );
    const choice = fc.record(
      { index: fc.oneof(fc.constant(0), odd), delta: fc.oneof(odd, delta), finish_reason: odd },
      { requiredKeys: [] },
    );
    const chunk = fc.record(
      { id: odd, choices: fc.oneof(odd, fc.array(fc.oneof(odd, choice))), usage: odd, error: odd },
      { requiredKeys: [] },
    );
    const calls = new ToolCallFragments();
    fc.assert(
      fc.property(
        fc.oneof(odd, chunk, choice),
        fc.option(fc.string(), { nil: undefined }),
        (value, event) => {
          try {
            const parsed = parseChunk(JSON.stringify(value), { calls }, event);
            for (const one of parsed.deltas) {
              if ('delta' in one) expect(one.delta).not.toBe('');
              if (one.type === 'tool_call') expect(typeof one.args).toBe('string');
            }
          } catch (error) {
            if (!(error instanceof MillraceError)) throw error;
            expect(error.code).toMatch(/^(?:upstream_|context_|content_)/);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
