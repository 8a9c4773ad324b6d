import { readConfig } from '../config/config.js';
import type { ActiveRun } from './active-run.js';
import { ActiveRuns } from './active-runs.js';
import type { InstanceLeases } from './recovery/instance-leases.js';
import type { RunLog } from './log/run-log.js';
import type { RunExecutor } from './run-executor.js';
import type { RunStore } from './run.store.js';

const owner = { tenant_id: 't', user_id: 'u' };

/** Ends each run when the test says so, or when it is aborted. */
class ManualExecutor {
  end = () => {};
  run({ abort }: ActiveRun): Promise<void> {
    return new Promise((resolve) => {
      this.end = resolve;
      if (abort.signal.aborted) resolve();
      else abort.signal.addEventListener('abort', () => resolve());
    });
  }
}

function stage(shutdownSeconds: string) {
  const executor = new ManualExecutor();
  const runs = new ActiveRuns(
    executor as unknown as RunExecutor,
    {} as RunStore,
    {} as InstanceLeases,
    {} as RunLog,
    readConfig({ SHUTDOWN_SECONDS: shutdownSeconds }),
  );
  const run = { id: 'run', program: { owner }, abort: new AbortController() } as unknown as ActiveRun;
  let store = () => {};
  const stored = new Promise<void>((resolve) => (store = resolve));
  const started = runs.admit(async () => {
    await stored;
    runs.execute(run);
  });
  return { executor, runs, run, store, started };
}

test('[OPS-03] [P16] a drain that begins while a run is being stored lets that run end', async () => {
  const { executor, runs, run, store, started } = stage('60');
  let isOver = false;
  const drain = runs.beforeApplicationShutdown().then(() => (isOver = true));
  await expect(runs.admit(() => Promise.resolve())).rejects.toMatchObject({ code: 'shutting_down' });
  store();
  await started;
  await new Promise((resolve) => setImmediate(resolve));
  expect([run.abort.signal.aborted, isOver]).toEqual([false, false]);
  executor.end();
  await drain;
  expect(run.abort.signal.aborted).toBe(false);
});

test('[OPS-04] a run that is stored when the time of the drain has passed is interrupted', async () => {
  const { runs, run, store, started } = stage('0');
  const drain = runs.beforeApplicationShutdown();
  await new Promise((resolve) => setTimeout(resolve, 20));
  store();
  await started;
  await drain;
  expect(run.abort.signal.reason).toMatchObject({ name: 'RunInterrupted' });
});

test('a start that fails does not hold a drain', async () => {
  const { executor, runs, store, started } = stage('60');
  await expect(runs.admit(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  store();
  await started;
  executor.end();
  await runs.beforeApplicationShutdown();
});
