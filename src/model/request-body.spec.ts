import type { ModelMessage } from './model-client.js';
import type { ModelConfig } from './model-config.js';
import { requestBody } from './request-body.js';

const config: ModelConfig = { name: 'n', base_url: 'http://localhost/v1', model: 'm' };
const tool = { type: 'function' as const, function: { name: 'f', description: 'd', parameters: {} } };
const build = (
  more: Partial<ModelConfig> = {},
  messages: ModelMessage[] = [],
  tools = [] as (typeof tool)[],
) => requestBody({ ...config, ...more }, { model: 'n', messages, tools }, true);

describe('requestBody', () => {
  it('has nothing that nobody asked for', () => {
    expect(build()).toEqual({
      model: 'm',
      messages: [],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('carries the ten parameters, zero and false included, and never n, null or the key', () => {
    const parameters = {
      temperature: 0,
      max_tokens: 1,
      max_completion_tokens: 2,
      top_p: 0.5,
      frequency_penalty: -1,
      presence_penalty: 1,
      stop: ['x'],
      seed: 0,
      logprobs: false,
      top_logprobs: 3,
    };
    expect(build({ ...parameters, n: 4, api_key: 'k', timeout: 3, stream: false })).toEqual({
      ...build(),
      ...parameters,
    });
    expect(build({ temperature: null })).toEqual(build());
  });

  it("[OAI-02] puts the user's parameters between the model's own and its extra_body", () => {
    const built = requestBody(
      { ...config, temperature: 1, top_p: 0.5, max_tokens: 10, extra_body: { reasoning_effort: 'low' } },
      {
        model: 'n',
        messages: [],
        tools: [],
        parameters: { temperature: 0, max_completion_tokens: 5, reasoning_effort: 'high', user: 'u' },
      },
      true,
    );
    expect(built).toEqual({
      ...build(),
      temperature: 0,
      top_p: 0.5,
      max_completion_tokens: 5,
      reasoning_effort: 'low',
      user: 'u',
    });
  });

  it('merges extra_body over the parameters, but not over what Millrace decides', () => {
    const extra_body = {
      temperature: 2,
      top_k: 5,
      n: 3,
      stream: false,
      model: 'other',
      messages: [],
      stream_options: { include_usage: false, include_obfuscation: false },
    };
    expect(build({ temperature: 1, extra_body }, [{ role: 'user', content: 'hi' }])).toEqual({
      temperature: 2,
      top_k: 5,
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    });
  });

  it('offers tools only when there are some', () => {
    expect(build({}, [], [tool])['tools']).toEqual([tool]);
    expect(build()).not.toHaveProperty('tools');
  });

  it('leaves stream_options out for a provider that refuses them', () => {
    const body = requestBody(
      { ...config, extra_body: { stream_options: {} } },
      { model: 'n', messages: [], tools: [] },
      false,
    );
    expect(body).not.toHaveProperty('stream_options');
  });

  it('sends of each message only what providers know, and no reasoning', () => {
    const call = { id: 'a', type: 'function' as const, function: { name: 'f', arguments: '{}' } };
    const stored = [
      { role: 'system', content: 's', ts: 1 },
      { role: 'user', content: 'u', ts: 1 },
      { role: 'assistant', content: '', reasoning_content: 'hmm', tool_calls: [{ ...call, index: 0 }] },
      { role: 'tool', tool_call_id: 'a', content: 'r', status: 'ok' },
      { role: 'assistant', content: 'done', tool_calls: [] },
    ] as unknown as ModelMessage[];
    expect(build({}, stored).messages).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: 'r' },
      { role: 'assistant', content: 'done' },
    ]);
  });
});
