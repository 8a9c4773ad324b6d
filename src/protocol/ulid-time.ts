const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The Unix time in seconds at which a ULID was minted (its first 48 bits, https://github.com/ulid/spec), or 0 for any other id. */
export function ulidSeconds(id: string): number {
  if (!ULID.test(id)) return 0;
  let milliseconds = 0;
  for (const digit of id.slice(0, 10).toUpperCase()) milliseconds = milliseconds * 32 + DIGITS.indexOf(digit);
  return Math.floor(milliseconds / 1000);
}
