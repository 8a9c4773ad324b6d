import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** Where the server may read the wall clock beside a run's leases, streams and waits, how often, and why a jump does no harm there. */
const ALLOWED: Record<string, readonly [times: number, why: string]> = {
  'src/run/run-writer.ts': [1, 'the ts of events: told, never compared; order is by seq'],
  'src/run/run-executor.ts': [
    2,
    'started_at and ended_at: told, never compared but for how far back ended runs are looked at',
  ],
  'src/run/recovery/run-recovery.ts': [1, 'ended_at, as above'],
  'src/run/run.service.ts': [
    5,
    'created_at, cancel_requested_at and ended_at: told, and compared with null only; how long ago a turn ended that a chat of the AI SDK still attaches to, instead of reading what is stored',
  ],
  'src/run/run-cleaner.ts': [1, 'keys are forgotten a day after the end: an hour more or less'],
  'src/run/recovery/instance-leases.ts': [
    2,
    'how far back ended runs are looked at for a terminal event that their log lacks; leases are in the database’s time',
  ],
};

function filesOf(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        entry.name.endsWith('.ts') &&
        !/spec\.ts$|\/contract\/|testing/.test(join(entry.parentPath, entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

test('[FAULT-34] no lease, retention, heartbeat, watch, wait or drain reads the wall clock', () => {
  const found = ['src/run', 'src/sse', 'src/database', 'src/health', 'src/shutdown.ts']
    .flatMap((path) => filesOf(join(ROOT, path)))
    .flatMap((file) => {
      const times = readFileSync(file, 'utf8').match(/\bDate\.now\b|new Date\(\)/g)?.length ?? 0;
      return times === 0 ? [] : [[relative(ROOT, file), times] as const];
    });
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(Object.entries(ALLOWED).map(([file, [times]]) => [file, times])),
  );
});
