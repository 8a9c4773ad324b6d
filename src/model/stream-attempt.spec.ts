import type { ModelDelta } from './model-client.js';
import { StreamAttempt } from './stream-attempt.js';

const clocks = { firstChunkMs: 60_000, gapMs: 60_000 };
const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** An answer that says two words and stays open. */
function talking(cancelled?: () => void): Response {
  const encoder = new TextEncoder();
  let second: NodeJS.Timeout;
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(encoder.encode(chunk('one')));
      second = setTimeout(() => controller.enqueue(encoder.encode(chunk('two'))), 5);
    },
    cancel: () => {
      clearTimeout(second);
      cancelled?.();
    },
  });
  return new Response(body);
}

test('[FAULT-15] what its sink throws ends the attempt with that, and not the process', async () => {
  const fault = new Error('a fault of ours');
  const failure = await new Promise((resolve) => {
    const attempt = new StreamAttempt(clocks, {
      deltas: () => {
        throw fault;
      },
      ended: () => resolve('ended'),
      failed: resolve,
    });
    attempt.start(() => Promise.resolve(talking()));
  });
  expect(failure).toBe(fault);
});

test('nothing is told after it was stopped, and the body is closed', async () => {
  const told: (readonly ModelDelta[] | string)[] = [];
  let closed = false;
  const attempt: StreamAttempt = new StreamAttempt(clocks, {
    deltas: (deltas) => {
      told.push(deltas);
      attempt.stop();
    },
    ended: () => told.push('ended'),
    failed: () => told.push('failed'),
  });
  attempt.start(() => Promise.resolve(talking(() => (closed = true))));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(told).toMatchObject([[{ type: 'response' }, { type: 'text', delta: 'one' }]]);
  expect(closed).toBe(true);
});

test('a request that has no answer yet is aborted; the answer that comes all the same is closed', async () => {
  let answer: (response: Response) => void = () => undefined;
  let closed = false;
  let aborted: AbortSignal | undefined;
  const told: string[] = [];
  const attempt = new StreamAttempt(clocks, {
    deltas: () => told.push('deltas'),
    ended: () => told.push('ended'),
    failed: () => told.push('failed'),
  });
  attempt.start((signal) => {
    aborted = signal;
    return new Promise((resolve) => (answer = resolve));
  });
  attempt.stop();
  expect(aborted!.aborted).toBe(true);
  answer(talking(() => (closed = true)));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([closed, told]).toEqual([true, []]);
});
