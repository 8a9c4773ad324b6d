import { join } from 'node:path';
import type { TestServer } from './server.js';

/** The settings of a server that can be asked for its memory. */
export const memoryProbe = { NODE_OPTIONS: `--import ${join(import.meta.dirname, 'memory-probe.js')}` };

export interface HeldMemory {
  /** Bytes of heap and buffers that are left after a collection of garbage. */
  held: number;
  /** Bytes of the resident set. */
  rss: number;
}

/** What a server that was started with `memoryProbe` holds. One question at a time. Rejects when it has ended. */
export async function memoryOf(server: TestServer): Promise<HeldMemory> {
  const answers = () => [...server.output().matchAll(/^\{"memory":.*$/gm)];
  const before = answers().length;
  server.process.kill('SIGUSR2');
  for (;;) {
    const found = answers();
    if (found.length > before) {
      const { memory } = JSON.parse(found.at(-1)![0]) as { memory: NodeJS.MemoryUsage };
      return { held: memory.heapUsed + memory.external, rss: memory.rss };
    }
    if (server.process.exitCode !== null || server.process.signalCode !== null)
      throw new Error('the server has ended');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
