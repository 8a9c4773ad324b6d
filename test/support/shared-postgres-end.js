import { once } from 'node:events';

/** Ends what `shared-postgres.js` started. */
export default async function endSharedPostgres() {
  const child = globalThis.sharedPostgres;
  if (child === undefined) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}
