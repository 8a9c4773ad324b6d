import { firstValueFrom, lastValueFrom, tap, toArray } from 'rxjs';
import { scripts, startScriptedOpenAi } from '../../test/support/scripted-openai/index.js';
import type { ScriptedOpenAi } from '../../test/support/scripted-openai/index.js';
import { MillraceError } from '../protocol/error-code.js';
import type { ModelDelta, ModelRequest } from './model-client.js';
import { modelConfig } from './model-config.js';
import type { ModelConfig } from './model-config.js';
import { ModelRegistry } from './model-registry.js';
import { OpenAiModelClient } from './openai-model-client.js';
import type { ModelClientOptions } from './openai-model-client.js';
import { oneByOne } from './testing/one-by-one.js';

const { answer, done, finish, gate, hang, text, usage } = scripts;

const options: ModelClientOptions = {
  clocks: { firstChunkMs: 10_000, gapMs: 10_000 },
  retries: { maxRetries: 2, baseMs: 1, random: () => 0 },
};

describe('[MODEL-01] OpenAiModelClient', () => {
  let openai: ScriptedOpenAi;
  beforeAll(async () => {
    openai = await startScriptedOpenAi();
  });
  afterEach(() => openai.reset());
  afterAll(() => openai.stop());

  const modelOf = (name: string, more: Partial<ModelConfig> = {}): ModelConfig =>
    modelConfig.parse({
      name,
      model: name,
      base_url: openai.baseUrl,
      api_key: 'sk-secret-key-1234',
      ...more,
    });
  const clientOf = (config: ModelConfig, change: Partial<ModelClientOptions> = {}) =>
    new OpenAiModelClient(new ModelRegistry([config]), { ...options, ...change });
  const ask = (model: string): ModelRequest => ({
    model,
    messages: [{ role: 'user', content: 'hello' }],
    tools: [],
  });

  /** The batches of an answer, what they hold without the provider's id, and the error that ended it. */
  async function run(
    model: string,
    config: Partial<ModelConfig> = {},
    change: Partial<ModelClientOptions> = {},
  ) {
    const batches: (readonly ModelDelta[])[] = [];
    let error: unknown;
    const stream = clientOf(modelOf(model, config), change).stream(ask(model));
    await lastValueFrom(stream.pipe(tap((batch) => batches.push(oneByOne(batch)))), {
      defaultValue: [],
    }).catch((reason: unknown) => (error = reason));
    const deltas = batches.flat().filter(({ type }) => type !== 'response');
    return { batches, deltas, error: error as MillraceError | undefined };
  }
  const textOf = (deltas: readonly ModelDelta[]) =>
    deltas.map((delta) => (delta.type === 'text' ? delta.delta : '')).join('');

  describe('an answer', () => {
    it('is its text, the finish reason and the usage, after the provider’s id', async () => {
      const { batches, error } = await run('plain');
      expect(error).toBeUndefined();
      expect(batches.flat()).toEqual([
        { type: 'response', response_id: 'chatcmpl-1' },
        { type: 'text', delta: 'Hello' },
        { type: 'text', delta: ' ' },
        { type: 'text', delta: 'wörld' },
        { type: 'finish', finish_reason: 'stop' },
        { type: 'usage', usage: { input_tokens: 10, output_tokens: 5 } },
      ]);
    });

    it.each(['reasoning', 'reasoning-field'])('carries the reasoning of the model %s', async (model) => {
      const { deltas } = await run(model);
      expect(deltas.slice(0, 4)).toEqual([
        { type: 'reasoning', delta: 'hmm ' },
        { type: 'reasoning', delta: 'ok' },
        { type: 'text', delta: '答' },
        { type: 'text', delta: '案' },
      ]);
    });

    it('carries a refusal', async () => {
      const { deltas } = await run('refusal');
      expect(deltas.slice(0, 2)).toEqual([
        { type: 'refusal', delta: 'I cannot ' },
        { type: 'refusal', delta: 'help with that.' },
      ]);
    });

    it('carries tool calls in fragments, whose id and name come once', async () => {
      const { deltas } = await run('tools');
      const calls = deltas.filter((delta) => delta.type === 'tool_call');
      expect(
        calls.filter(({ id }) => id !== undefined).map(({ index, id, name }) => [index, id, name]),
      ).toEqual([
        [0, 'a', 'echo'],
        [1, 'b', 'nope'],
        [2, 'c', 'echo'],
        [3, 'd', 'fail'],
      ]);
      const args = [0, 1, 2, 3].map((index) =>
        calls.flatMap((call) => (call.index === index ? [call.args] : [])).join(''),
      );
      expect(args).toEqual(['{"x":1}', '{}', '{bad', '{}']);
      expect(deltas.at(-2)).toEqual({ type: 'finish', finish_reason: 'tool_calls' });
    });

    it('is whole when every byte comes by itself, Chinese and CRLF included', async () => {
      const { deltas } = await run('chinese');
      expect(textOf(deltas)).toBe('你好，世界🌏');
      expect(deltas.at(-1)).toEqual({ type: 'usage', usage: { input_tokens: 10, output_tokens: 5 } });
    });

    it('is whole when it has many deltas', async () => {
      const { deltas } = await run('long');
      expect(textOf(deltas)).toBe(Array.from({ length: 500 }, (_, index) => `w${index} `).join(''));
    });

    it.each([
      ['usage-on-finish', { input_tokens: 10, output_tokens: 5 }],
      ['usage-twice', { input_tokens: 10, output_tokens: 5, reasoning_tokens: 2, cached_input_tokens: 4 }],
    ])('gives the last usage once, at the end (%s)', async (model, expected) => {
      const { deltas } = await run(model);
      expect(deltas.filter(({ type }) => type === 'usage')).toEqual([{ type: 'usage', usage: expected }]);
      expect(deltas.at(-1)?.type).toBe('usage');
    });

    it('has no usage when the provider gives none', async () => {
      const { deltas, error } = await run('no-usage');
      expect(error).toBeUndefined();
      expect(deltas.at(-1)).toEqual({ type: 'finish', finish_reason: 'stop' });
    });

    it('arrives as it is spoken, not when it is complete', async () => {
      await openai.push(scripts.slow(['one ', 'two ']));
      const seen: string[] = [];
      const stream = clientOf(modelOf('m')).stream(ask('m'));
      await openai.release();
      await lastValueFrom(
        stream.pipe(
          tap((batch) => {
            const piece = textOf(batch);
            if (piece === '') return;
            seen.push(piece);
            void openai.release('gate', piece === 'two ' ? 2 : 1);
          }),
        ),
      );
      expect(seen).toEqual(['one ', 'two ']);
    });

    it('is one batch when one read brings it all, in however many HTTP chunks', async () => {
      await openai.push({ ...answer(text('a', 'b', 'c'), gate(), finish(), done()), corked: true });
      const batches: (readonly ModelDelta[])[] = [];
      const stream = clientOf(modelOf('m')).stream(ask('m'));
      await lastValueFrom(
        stream.pipe(
          tap((batch) => {
            batches.push(oneByOne(batch));
            void openai.release();
          }),
        ),
      );
      expect(batches.map((batch) => batch.map(({ type }) => type))).toEqual([
        ['response', 'text', 'text', 'text'],
        ['finish'],
      ]);
    });
  });

  describe('the request', () => {
    it('is sent when somebody subscribes, and not before', async () => {
      const stream = clientOf(modelOf('plain')).stream(ask('plain'));
      expect(await openai.requests()).toEqual([]);
      await lastValueFrom(stream);
      await lastValueFrom(stream);
      expect(await openai.requests()).toHaveLength(2);
    });

    it('asks for a stream with its usage, has the key, and follows the model’s settings', async () => {
      await run('plain', {
        temperature: 0.5,
        extra_headers: { 'x-team': 'blue' },
        extra_body: { top_k: 3, n: 2 },
      });
      const [request] = await openai.requests();
      expect(request).toMatchObject({
        method: 'POST',
        path: '/v1/chat/completions',
        body: {
          model: 'plain',
          messages: [{ role: 'user', content: 'hello' }],
          stream: true,
          stream_options: { include_usage: true },
          temperature: 0.5,
          top_k: 3,
        },
      });
      expect(request!.body).not.toHaveProperty('n');
      expect(request!.body).not.toHaveProperty('tools');
      expect(request!.headers).toMatchObject({
        authorization: 'Bearer sk-secret-key-1234',
        'x-team': 'blue',
      });
    });

    it('has no Authorization header without a key, whatever the environment holds', async () => {
      process.env['OPENAI_API_KEY'] = 'sk-of-another-provider';
      process.env['OPENAI_ADMIN_KEY'] = 'sk-admin-of-another-provider';
      process.env['OPENAI_ORG_ID'] = 'org-of-another-provider';
      try {
        const { error } = await run('plain', { api_key: '' });
        expect(error).toBeUndefined();
      } finally {
        delete process.env['OPENAI_API_KEY'];
        delete process.env['OPENAI_ADMIN_KEY'];
        delete process.env['OPENAI_ORG_ID'];
      }
      const [request] = await openai.requests();
      expect(request!.headers).not.toHaveProperty('authorization');
      expect(JSON.stringify(request)).not.toContain('another-provider');
    });

    it('is sent again without stream_options when the provider refuses them, and so ever after', async () => {
      const refused = scripts.failing(400, { message: "Unknown parameter: 'stream_options'." });
      await openai.push(refused, scripts.plain(), scripts.plain());
      const client = clientOf(modelOf('m'));
      const first = await lastValueFrom(client.stream(ask('m')).pipe(toArray()));
      await lastValueFrom(client.stream(ask('m')));
      expect(textOf(first.flat())).toBe('Hello wörld');
      expect(first.flat().some(({ type }) => type === 'retry')).toBe(false);
      const bodies = (await openai.requests()).map(({ body }) => body);
      expect(bodies.map((body) => Object.hasOwn(body as object, 'stream_options'))).toEqual([
        true,
        false,
        false,
      ]);
    });

    it('does not follow a redirect', async () => {
      await openai.push({ status: 307, headers: { location: `${openai.baseUrl}/elsewhere` }, steps: [] });
      const { error } = await run('m');
      expect(error?.code).toBe('upstream_rejected');
      expect(await openai.requests()).toHaveLength(1);
    });

    it('uses the connection of the step before', async () => {
      await openai.push(scripts.plain(), scripts.plain());
      const client = clientOf(modelOf('m'));
      await lastValueFrom(client.stream(ask('m')));
      await openai.closed(1);
      await lastValueFrom(client.stream(ask('m')));
      const [first, second] = await openai.requests();
      expect(first!.closedBy).toBe('server');
      expect(second!.clientPort).toBe(first!.clientPort);
    });

    it('needs a known model', async () => {
      const stream = clientOf(modelOf('plain')).stream(ask('other'));
      await expect(lastValueFrom(stream)).rejects.toMatchObject({ code: 'unknown_model' });
    });
  });

  describe('a retry', () => {
    it('[FAULT-26] follows a 429, is reported, and waits as long as the provider asks', async () => {
      const { deltas, error } = await run('rate-limited-once');
      expect(error).toBeUndefined();
      expect(deltas[0]).toEqual({ type: 'retry', attempt: 2, reason: 'upstream_rate_limited' });
      expect(textOf(deltas)).toBe('Hello wörld');
      expect(await openai.requests()).toHaveLength(2);
    });

    it.each([408, 409, 429, 500, 502, 503, 529])(
      '[FAULT-26] follows a %d, but not for ever',
      async (status) => {
        await openai.push(...[1, 2, 3].map(() => scripts.failing(status)));
        const { deltas, error } = await run('m');
        expect(deltas.map(({ type }) => type)).toEqual(['retry', 'retry']);
        expect(error?.code).toBe(status === 429 ? 'upstream_rate_limited' : 'upstream_unavailable');
        expect(await openai.requests()).toHaveLength(3);
      },
    );

    it('follows a connection that cannot be made', async () => {
      const { deltas, error } = await run('m', { base_url: 'http://127.0.0.1:1/v1' });
      expect(deltas).toEqual([
        { type: 'retry', attempt: 2, reason: 'upstream_unavailable' },
        { type: 'retry', attempt: 3, reason: 'upstream_unavailable' },
      ]);
      expect(error?.code).toBe('upstream_unavailable');
    });

    it.each([
      [
        'a stream that is cut',
        answer({ do: 'chunk', delta: { role: 'assistant', content: '' } }, scripts.cut()),
      ],
      ['a stream that ends empty', answer()],
      ['an error in the stream', scripts.errorAfter({ code: 502, message: 'overloaded' })],
    ])('follows %s before its first token', async (_, script) => {
      await openai.push(script, scripts.plain());
      const { batches, error } = await run('m');
      expect(error).toBeUndefined();
      const types = batches.flat().map(({ type }) => type);
      expect(types).toEqual(['retry', 'response', 'text', 'text', 'text', 'finish', 'usage']);
    });

    it.each([
      ['a 400', scripts.failing(400), 'upstream_rejected'],
      ['a 401', scripts.unauthorized(), 'upstream_unauthorized'],
      ['a 404', scripts.failing(404), 'upstream_rejected'],
      ['a 503 that says so', scripts.failing(503, {}, { 'x-should-retry': 'false' }), 'upstream_unavailable'],
      ['a wait that is too long', scripts.rateLimited({ 'retry-after': '3600' }), 'upstream_rate_limited'],
      ['an empty account', scripts.failing(429, { code: 'insufficient_quota' }), 'upstream_rejected'],
    ])('does not follow %s', async (_, script, code) => {
      await openai.push(script);
      const { deltas, error } = await run('m');
      expect(deltas).toEqual([]);
      expect(error?.code).toBe(code);
      expect(await openai.requests()).toHaveLength(1);
    });

    it('never follows the first token', async () => {
      await openai.push(scripts.cutAfter('Hel', 'lo'), scripts.plain());
      const { deltas, error } = await run('m');
      expect(deltas).toEqual([
        { type: 'text', delta: 'Hel' },
        { type: 'text', delta: 'lo' },
      ]);
      expect(error?.code).toBe('upstream_cut');
      expect(await openai.requests()).toHaveLength(1);
    });
  });

  describe('a broken answer', () => {
    it('keeps what came before a reset', async () => {
      await openai.push(scripts.resetAfter('Hel', 'lo'));
      const seen: ModelDelta[] = [];
      const stream = clientOf(modelOf('m')).stream(ask('m'));
      const ended = lastValueFrom(
        stream.pipe(
          tap((batch) => {
            seen.push(...batch);
            if (textOf(seen) === 'Hello') void openai.release();
          }),
        ),
      );
      await expect(ended).rejects.toMatchObject({ code: 'upstream_cut', retryable: true });
    });

    it('is a cut when it ends without a finish reason (D-07), [DONE] or not', async () => {
      expect((await run('no-finish')).error?.code).toBe('upstream_cut');
      await openai.push(answer(text('Hel'), done()));
      const { deltas, error } = await run('m');
      expect(textOf(deltas)).toBe('Hel');
      expect(error?.code).toBe('upstream_cut');
    });

    it.each(['not-json', 'not-utf8', 'web-page'])('[FAULT-29] is garbage when it is %s', async (model) => {
      const { error } = await run(model);
      expect(error?.code).toBe('upstream_garbage');
    });

    it('[FAULT-29] is garbage when a line does not end, and is not read to its end', async () => {
      const { error } = await run('huge-line');
      expect(error?.code).toBe('upstream_garbage');
      const { closedBy, stepsPlayed } = await openai.closed(1);
      expect({ closedBy, stepsPlayed }).toEqual({ closedBy: 'client', stepsPlayed: 1 });
    });

    it('gives the text before the garbage', async () => {
      expect(textOf((await run('not-json')).deltas)).toBe('Hel');
    });

    it('is the error that the provider reports in mid-stream, without its words', async () => {
      await openai.push(scripts.errorAfter({ code: 429, message: 'slow down, sk-secret-key-1234' }, 'Hel'));
      const { deltas, error } = await run('m');
      expect(textOf(deltas)).toBe('Hel');
      expect(error?.code).toBe('upstream_rate_limited');
      expect(error?.detail).not.toContain('slow down');
      expect(String((error?.cause as Error).message)).toContain('slow down, [secret]');
    });

    it.each([
      ['a cut', answer(text('Hello'), finish(), scripts.cut())],
      ['no [DONE]', answer(text('Hello'), finish(), usage())],
      ['garbage', answer(text('Hello'), finish(), { do: 'data', data: '{' }, hang())],
      ['half an event', answer(text('Hello'), finish(), { do: 'write', text: 'data: {"cho' })],
    ])('is whole once it has its finish reason, in spite of %s', async (_, script) => {
      await openai.push(script);
      const { deltas, error } = await run('m');
      expect(error).toBeUndefined();
      expect(textOf(deltas)).toBe('Hello');
      expect(deltas.some(({ type }) => type === 'finish')).toBe(true);
    });

    it('is whole when the provider leaves the stream open after the finish reason', async () => {
      await openai.push(answer(text('Hello'), finish(), hang()));
      const { deltas, error } = await run('m', {}, { clocks: { firstChunkMs: 10_000, gapMs: 500 } });
      expect(error).toBeUndefined();
      expect(deltas.at(-1)).toEqual({ type: 'finish', finish_reason: 'stop' });
    });

    it('reads a last event that has no blank line', async () => {
      const chunk = JSON.stringify({
        choices: [{ index: 0, delta: { content: 'o' }, finish_reason: 'stop' }],
      });
      await openai.push(answer(text('Hell'), { do: 'write', text: `data: ${chunk}` }));
      const { deltas, error } = await run('m');
      expect(error).toBeUndefined();
      expect(textOf(deltas)).toBe('Hello');
    });
  });

  describe('the clocks', () => {
    const short = { clocks: { firstChunkMs: 300, gapMs: 300 } };

    it.each(['stalled', 'comments'])(
      'end an answer that does not begin (%s), without a retry',
      async (model) => {
        const { deltas, error } = await run(model, {}, short);
        expect(deltas).toEqual([]);
        expect(error?.code).toBe('first_chunk_timeout');
        expect((await openai.closed(1)).closedBy).toBe('client');
      },
    );

    it('end an answer that stops in the middle', async () => {
      const { deltas, error } = await run(
        'stalled-after',
        {},
        {
          clocks: { firstChunkMs: 10_000, gapMs: 500 },
        },
      );
      expect(textOf(deltas)).toBe('Hello');
      expect(error?.code).toBe('chunk_gap_timeout');
      expect((await openai.closed(1)).closedBy).toBe('client');
    });

    it('end an error that does not end', async () => {
      await openai.push({ ...answer({ do: 'write', text: '{"error": ' }, hang()), status: 500 });
      const { error } = await run('m', {}, short);
      expect(error?.code).toBe('first_chunk_timeout');
      expect((await openai.closed(1)).closedBy).toBe('client');
    });

    it('are the model’s own where it has a timeout', async () => {
      const { error } = await run('stalled', { timeout: 0.2 });
      expect(error?.code).toBe('first_chunk_timeout');
    });
  });

  describe('the reader’s leave', () => {
    it('closes the connection when it unsubscribes in mid-stream', async () => {
      const stream = clientOf(modelOf('stalled-after')).stream(ask('stalled-after'));
      await new Promise<void>((resolve) => {
        const subscription = stream.subscribe((batch) => {
          if (!batch.some(({ type }) => type === 'text')) return;
          subscription.unsubscribe();
          resolve();
        });
      });
      expect((await openai.closed(1)).closedBy).toBe('client');
    });

    it.each(['stalled', 'stalled-after'])(
      'closes the connection, whatever it waits for (%s)',
      async (model) => {
        const subscription = clientOf(modelOf(model)).stream(ask(model)).subscribe();
        await openai.received(1);
        subscription.unsubscribe();
        expect((await openai.closed(1)).closedBy).toBe('client');
      },
    );

    it('ends the wait for a retry', async () => {
      await openai.push(scripts.rateLimited({ 'retry-after-ms': '50' }));
      const announced = firstValueFrom(clientOf(modelOf('m')).stream(ask('m')));
      expect(await announced).toMatchObject([{ type: 'retry' }]);
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await openai.requests()).toHaveLength(1);
    });
  });

  describe('an error', () => {
    it('passes on what the user can change, without addresses', async () => {
      const { error } = await run('context-too-long');
      expect(error).toMatchObject({ code: 'context_length_exceeded', status: 400 });
      expect(error?.detail).toContain('maximum context length is 8192 tokens');
      expect(error?.detail).not.toContain('http');
    });

    it('never holds the key', async () => {
      const message = 'Incorrect API key provided: sk-secret-key-1234 (header: Bearer sk-secret-key-1234)';
      await openai.push(scripts.failing(401, { message }));
      const { error } = await run('m');
      const seen = [
        error?.message,
        error?.detail,
        JSON.stringify(error),
        String((error?.cause as Error).message),
      ];
      expect(seen.join('\n')).not.toContain('secret-key');
      expect(error?.code).toBe('upstream_unauthorized');
    });
  });
});
