/** `bytes` random bytes in hex. `crypto.randomUUID` exists only on secure origins; this one works on a plain intranet host. */
export function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(values, (value) => value.toString(16).padStart(2, '0')).join('');
}

/** 24 hex digits, the first eight of which are the time in seconds, as the seed's front end makes them. */
export function newConversationId(now = Date.now()): string {
  return (Math.floor(now / 1000) % 2 ** 32).toString(16).padStart(8, '0') + randomHex(8);
}
