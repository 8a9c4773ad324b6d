import { Signal } from './signal.js';

test('what was raised before is not missed, once', async () => {
  const signal = new Signal();
  signal.raise();
  signal.raise();
  await signal.wait();
  let over = false;
  const waiting = signal.wait().then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  signal.raise();
  await waiting;
});

test('what was raised before a reset is forgotten', async () => {
  const signal = new Signal();
  signal.raise();
  signal.reset();
  let over = false;
  const waiting = signal.wait().then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  signal.raise();
  await waiting;
});
