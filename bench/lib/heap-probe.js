/**
 * Loaded into a server that is measured (`--import`): asked over IPC, it collects garbage and says what is left, and what is open; or how
 * many functions it holds.
 */
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
process.on('message', async (question) => {
  if (question === 'functions') process.send({ functions: queryObjects(Function, { format: 'count' }) });
  if (question !== 'memory') return;
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    // What is finalized (FinalizationRegistry) is let go in a turn of its own, and garbage then.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  collectGarbage();
  process.send({ memory: process.memoryUsage(), open: process.getActiveResourcesInfo() });
});
process.channel.unref();
