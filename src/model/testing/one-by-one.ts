import type { ModelDelta } from '../model-client.js';

/** The deltas as the provider sent them: packed ones apart. */
export function oneByOne(deltas: readonly ModelDelta[]): ModelDelta[] {
  return deltas.flatMap((delta): ModelDelta[] => {
    if (!('pieces' in delta) || !delta.pieces) return [delta];
    const { type, pieces } = delta;
    return pieces.map((piece) => ({ type, delta: piece }));
  });
}
