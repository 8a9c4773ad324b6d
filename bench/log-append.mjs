/**
 * What does the Redis log cost beside the memory log? One writer and one reader a run, as a chat has them: each batch is appended, the
 * reader is told, reads it, reads again and finds nothing. Prints CPU of this process (not of Redis) a batch.
 *
 *   npm run build && node bench/log-append.mjs [redis://…]     without an address it starts a redis-server of its own
 *
 * MILLRACE_BUILD names another build than dist/modules.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const build = resolve(process.env.MILLRACE_BUILD ?? 'dist/modules');
const { MemoryRunLog } = await import(join(build, 'run/log/memory-run-log.js'));
const { openRedisRunLog } = await import(join(build, 'run/log/redis/open-redis-run-log.js'));

const ROUNDS = 5;
/** Runs at once, deltas a batch, batches a run, and the pause between two batches of a run in milliseconds. */
const LOADS = [
  { name: 'paced, one delta a batch', runs: 50, size: 1, batches: 100, pause: 20 },
  { name: 'as fast as it goes, one delta a batch', runs: 16, size: 1, batches: 500, pause: 0 },
  { name: 'as fast as it goes, 20 deltas a batch', runs: 16, size: 20, batches: 200, pause: 0 },
  { name: 'as fast as it goes, 300 deltas a batch', runs: 16, size: 300, batches: 50, pause: 0 },
];

let runCount = 0;

async function run(log, { size, batches, pause }) {
  const run_id = `bench-${process.pid}-${(runCount += 1)}`;
  const writer = await log.open(run_id);
  const last = size * batches;
  const reading = follow(log, run_id, last);
  let seq = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const events = Array.from({ length: size }, () => ({
      v: 1,
      run_id,
      epoch: writer.epoch,
      seq: (seq += 1),
      type: 'text.delta',
      step_id: `${run_id}-step-0`,
      part_id: `${run_id}-step-0-0`,
      delta: 'word ',
    }));
    await writer.append(events);
    if (pause > 0) await new Promise((done) => setTimeout(done, pause));
  }
  await reading;
  await writer.close();
  return run_id;
}

/** As EventStreamWriter and RunReader do. */
async function follow(log, runId, last) {
  let cursor = null;
  let advanced = false;
  let wake = () => {};
  const stop = log.watch(runId, () => {
    advanced = true;
    wake();
  });
  while ((cursor?.seq ?? 0) < last) {
    advanced = false;
    const read = await log.read(runId, cursor, { limit: 8 });
    cursor = read.cursor;
    if (read.events.length > 0) continue;
    if (!advanced) await new Promise((done) => (wake = done));
  }
  stop();
}

async function measure(log, load) {
  const before = process.cpuUsage();
  const ids = await Promise.all(Array.from({ length: load.runs }, () => run(log, load)));
  const { user, system } = process.cpuUsage(before);
  for (const id of ids) await log.drop(id);
  return (user + system) / (load.runs * load.batches);
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];

async function startRedis() {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const port = 20_000 + (process.pid % 20_000);
  const settings = ['--port', `${port}`, '--dir', directory, '--save', '', '--appendonly', 'yes'];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  const stop = () => {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

const given = process.argv[2];
const server = given ? { url: given, stop: () => {} } : await startRedis();
const logger = { log: () => {}, warn: () => {} };
const redis = await openRedisRunLog({ url: server.url, retentionSeconds: 60, production: false, logger });
const memory = new MemoryRunLog({ retentionSeconds: 60 });
for (const load of LOADS) {
  await measure(memory, { ...load, runs: 4 });
  await measure(redis, { ...load, runs: 4 });
  const inMemory = [];
  const inRedis = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    inMemory.push(await measure(memory, load));
    inRedis.push(await measure(redis, load));
  }
  const [one, other] = [median(inMemory), median(inRedis)];
  console.log(
    `${load.name.padEnd(40)} memory ${one.toFixed(1).padStart(6)} us, Redis ${other.toFixed(1).padStart(6)} us a batch ` +
      `(${((other - one) / load.size).toFixed(2)} us more a delta)`,
  );
}
redis.dispose();
memory.dispose();
server.stop();
