/**
 * Takes an origin only as a browser writes it in its `Origin` header (RFC 6454 §6.2), so that comparing texts is enough.
 * @throws Error that says how to write it
 */
export function checkOrigin(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname.includes('*'))
    throw new Error(`${text} is not an origin such as https://chat.example.com`);
  if (url.origin !== text) throw new Error(`${text} must be written as ${url.origin}`);
}
