/**
 * The load client, in its own process, so that it takes nothing from the servers: opens streams, checks that every character of the
 * text arrives in order, and says how long it took. One message in (`do` names what), one message out.
 */
import { holdOpen, letGo, readOut } from './load/hold.js';
import { readAll } from './load/read.js';
import { readPaced } from './load/paced.js';
import { replayAll } from './load/replay.js';

const commands = { read: readAll, paced: readPaced, hold: holdOpen, readOut, letGo, replay: replayAll };

process.on('message', async ({ do: command = 'read', ...question }) => {
  try {
    process.send(await commands[command](question));
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
