import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What this process measures of itself. Labels hold only names of ours and of the operator's configuration: nothing that a user
 * wrote, and no user. docs/operations.md explains each; a test compares the two.
 */
export const registry = new Registry();

const registers = [registry];
/** From a hundredth of a second to the longest run that is configured by default. */
const DURATION_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

export const activeRuns = new Gauge({
  name: 'millrace_active_runs',
  help: 'Runs that this process executes, those that wait for their turn included',
  labelNames: ['mode'] as const,
  registers,
});

export const endedRuns = new Counter({
  name: 'millrace_runs_ended_total',
  help: 'Runs that this process executed to their end, by how they ended and, where they failed, the error code',
  labelNames: ['mode', 'end', 'code'] as const,
  registers,
});

export const runSeconds = new Histogram({
  name: 'millrace_run_duration_seconds',
  help: 'From the acceptance of a run to its end',
  labelNames: ['mode', 'end'] as const,
  buckets: DURATION_BUCKETS,
  registers,
});

export const runFirstChunkSeconds = new Histogram({
  name: 'millrace_run_first_chunk_seconds',
  help: 'From the acceptance of a run to the first piece of its answer: text, reasoning, a refusal or a tool call',
  labelNames: ['mode'] as const,
  buckets: DURATION_BUCKETS,
  registers,
});

export const modelCalls = new Counter({
  name: 'millrace_model_calls_total',
  help: 'Calls of models, by outcome: completed, cancelled, or the error code',
  labelNames: ['model', 'outcome'] as const,
  registers,
});

export const modelRetries = new Counter({
  name: 'millrace_model_retries_total',
  help: 'Requests to providers that failed before the first token and were tried again',
  labelNames: ['model'] as const,
  registers,
});

export const modelFirstChunkSeconds = new Histogram({
  name: 'millrace_model_first_chunk_seconds',
  help: 'From a call of a model to the first piece of its answer',
  labelNames: ['model'] as const,
  buckets: DURATION_BUCKETS,
  registers,
});

export const modelCallSeconds = new Histogram({
  name: 'millrace_model_call_duration_seconds',
  help: 'From a call of a model to its end',
  labelNames: ['model'] as const,
  buckets: DURATION_BUCKETS,
  registers,
});

export const authRefusals = new Counter({
  name: 'millrace_auth_refusals_total',
  help: 'Requests that were not authenticated, by reason',
  labelNames: ['reason'] as const,
  registers,
});
