import { piecesOf } from '../../protocol/packed.js';
import type { ModelDelta } from '../model-client.js';

/** The deltas as the provider sent them: packed ones apart. */
export function oneByOne(deltas: readonly ModelDelta[]): ModelDelta[] {
  return deltas.flatMap((delta): ModelDelta[] => {
    if (!('ends' in delta) || !delta.ends) return [delta];
    return piecesOf(delta).map((piece) => ({ type: delta.type, delta: piece }));
  });
}
