import { lastValueFrom, of } from 'rxjs';
import { LazyModelClient } from './lazy-model-client.js';
import type { ModelClient } from './model-client.js';

const request = { model: 'm', messages: [], tools: [] };

it('is loaded on the first subscription, once', async () => {
  let loaded = 0;
  const client: ModelClient = { stream: ({ model }) => of([{ type: 'text', delta: model }]) };
  const lazy = new LazyModelClient(() => {
    loaded += 1;
    return Promise.resolve(client);
  });
  const stream = lazy.stream(request);
  expect(loaded).toBe(0);
  expect(await Promise.all([lastValueFrom(stream), lastValueFrom(lazy.stream(request))])).toEqual([
    [{ type: 'text', delta: 'm' }],
    [{ type: 'text', delta: 'm' }],
  ]);
  expect(loaded).toBe(1);
});

it('fails the stream when it cannot be loaded', async () => {
  const lazy = new LazyModelClient(() => Promise.reject(new Error('missing')));
  await expect(lastValueFrom(lazy.stream(request))).rejects.toThrow('missing');
});

it('fails the stream when asking it throws', async () => {
  const broken: ModelClient = {
    stream: () => {
      throw new Error('broken');
    },
  };
  const lazy = new LazyModelClient(() => Promise.resolve(broken));
  await expect(lastValueFrom(lazy.stream(request))).rejects.toThrow('broken');
});
