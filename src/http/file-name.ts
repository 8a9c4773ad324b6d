/** A file's name for `filename*` (RFC 8187): what encodeURIComponent leaves and an attribute value may not hold is encoded, too. */
export function encodedFileName(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
