/** Loaded into a server that is measured (`--import`): asked over IPC, it collects garbage and says what is left, and what is open. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
process.on('message', (question) => {
  if (question !== 'memory') return;
  for (let round = 0; round < 4; round += 1) collectGarbage();
  process.send({ memory: process.memoryUsage(), open: process.getActiveResourcesInfo() });
});
process.channel.unref();
