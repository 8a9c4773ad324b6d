/**
 * Text on its way to the log. What a provider sent in several chunks that came at once is one value here: its `delta` is all of the
 * text, and `ends` say where in it, in UTF-16 code units, each chunk's ends. Each gets a seq of its own, so packing is seen by no reader.
 *
 * It is how a chunk costs no object and no call of its own between the socket and the log (decision 11). Without `ends` it is one delta.
 */
export type Packed<T> = T & { readonly ends?: readonly number[] };

/** A text of one or more deltas. */
export interface PackedText {
  readonly delta: string;
  readonly ends: readonly number[] | undefined;
}

/** How many deltas a value stands for. */
export function countOf({ ends }: { readonly ends?: readonly number[] }): number {
  return ends?.length ?? 1;
}

/** The texts of the deltas that a value stands for. */
export function piecesOf({ delta, ends }: Packed<{ readonly delta: string }>): string[] {
  return ends ? ends.map((end, at) => delta.slice(at === 0 ? 0 : ends[at - 1], end)) : [delta];
}

/** The deltas of all of them, at least one, packed. */
export function packedText(all: readonly Packed<{ readonly delta: string }>[]): PackedText {
  const [first] = all;
  if (all.length === 1) return { delta: first!.delta, ends: first!.ends };
  let count = 0;
  for (const one of all) count += countOf(one);
  // As long as it will be: a list that grows is copied several times.
  const ends = new Array<number>(count);
  let at = 0;
  let before = 0;
  for (const { delta, ends: own } of all) {
    if (own) for (let index = 0; index < own.length; index += 1) ends[at++] = before + own[index]!;
    else ends[at++] = before + delta.length;
    before += delta.length;
  }
  return { delta: all.map(({ delta }) => delta).join(''), ends };
}
