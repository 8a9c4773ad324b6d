import type { OutgoingMessage } from 'node:http';

let table: symbol | undefined;

/**
 * Lets the headers of a message go once they are sent: Node keeps a table with a list of two for each as long as the message is open, which
 * was 2.5 KB of a stream (decision 11). It has no public way, so a Node that names its table otherwise just keeps it.
 *
 * After this the message has no headers to ask for. Does nothing before they are sent.
 */
export function forgetHeaders(message: OutgoingMessage): void {
  if (!message.headersSent) return;
  table ??= Object.getOwnPropertySymbols(message).find(({ description }) => description === 'kOutHeaders');
  if (table) Reflect.set(message, table, null);
}
