/**
 * Text on its way to the log. What a provider sent in several chunks that came at once is one value here: its `delta` is all of the
 * text, and `pieces` say which part of it each chunk was. Each piece gets a seq of its own, so packing is seen by no reader.
 *
 * It is how a chunk costs no object and no call of its own between the socket and the log (decision 11). Without `pieces` it is one delta.
 */
export type Packed<T> = T & { readonly pieces?: readonly string[] };

/** How many deltas a value stands for. */
export function countOf(packed: { readonly pieces?: readonly string[] }): number {
  return packed.pieces?.length ?? 1;
}

/** What a value that is given in pieces holds beside its text. */
export function packedText(pieces: readonly string[]): {
  delta: string;
  pieces: readonly string[] | undefined;
} {
  return pieces.length === 1 ? { delta: pieces[0]!, pieces: undefined } : { delta: pieces.join(''), pieces };
}
