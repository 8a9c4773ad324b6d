import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a server under test (`NODE_OPTIONS=--import`): at SIGUSR2 it collects garbage and prints what memory is left, as
 * one line of JSON under `memory`.
 */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
process.on('SIGUSR2', async () => {
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    // What is finalized (FinalizationRegistry) is let go in a turn of its own, and garbage then.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  collectGarbage();
  process.stdout.write(`\n${JSON.stringify({ memory: process.memoryUsage() })}\n`);
});
