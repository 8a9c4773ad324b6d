import { runApiKeyCommand } from './auth/api-key/api-key.command.js';
import { ApiKeyStore } from './auth/api-key/api-key.store.js';
import { readConfig } from './config/config.js';
import { openDatabaseBeside } from './database/open-database.js';

/** `npm run api-key`: makes, lists and revokes API keys in the database of DATABASE_URL, also while the server runs. */
try {
  const { DATABASE_URL: url } = readConfig(process.env);
  if (url === 'sqlite::memory:')
    throw new Error(
      'DATABASE_URL: a database in memory belongs to one process; keys made here would be lost',
    );
  const db = await openDatabaseBeside(url);
  try {
    await runApiKeyCommand(process.argv.slice(2), {
      store: new ApiKeyStore(db),
      now: Date.now(),
      print: (text) => void process.stdout.write(text),
      remark: (text) => void process.stderr.write(text),
    });
  } finally {
    await db.destroy();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.trimEnd() : String(error)}\n`);
  process.exitCode = 1;
}
