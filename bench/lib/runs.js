import { load } from './session.js';

/** Waits until a run of Millrace's has completed. */
export async function ended({ origin }, run) {
  for (;;) {
    const { state } = await (await fetch(`${origin}/api/runs/${run}`)).json();
    if (state === 'completed') return;
    if (state !== 'running' && state !== 'queued') throw new Error(`Run ${run} is ${state}`);
    await pause(50);
  }
}

/** A run of a `held-…` model that has ended and whose log is kept. Returns its id. */
export async function endedRun(own, client, upstream, model) {
  const { runs } = await load(client, own, model, { do: 'hold', streams: 1 });
  await upstream.ask('release');
  await ended(own, runs[0]);
  await client.ask({ do: 'letGo' });
  return runs[0];
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
