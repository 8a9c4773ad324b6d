import type { ModelDelta } from './model-client.js';

type ToolCallDelta = Extract<ModelDelta, { type: 'tool_call' }>;

interface KnownCall {
  index: number;
  id?: string;
  name?: string;
}

/**
 * Gives the fragments of an answer's tool calls one index a call, whatever the provider does with its own: some leave the index
 * out, some number every call 0 and tell them apart by id, some repeat id and name in each fragment.
 *
 * `read` takes one item of `delta.tool_calls` (or a deprecated `delta.function_call`) and gives the delta, in which `id` and
 * `name` occur once a call; null when the fragment says nothing new. It never throws.
 */
export class ToolCallFragments {
  /** Most answers have none. */
  #byProviderIndex: Map<number, KnownCall> | undefined;
  #last: KnownCall | undefined;
  #count = 0;

  read(fragment: unknown): ToolCallDelta | null {
    if (typeof fragment !== 'object' || fragment === null) return null;
    const { index: givenIndex, id: givenId, function: fn } = fragment as Record<string, unknown>;
    const id = text(givenId);
    const { name: givenName, arguments: givenArgs } = (fn ?? {}) as Record<string, unknown>;
    const name = text(givenName);
    const args = argumentsText(givenArgs);
    const providerIndex =
      typeof givenIndex === 'number' && Number.isSafeInteger(givenIndex) ? givenIndex : undefined;

    const known = this.#find(providerIndex, id, name);
    const delta: ToolCallDelta = { type: 'tool_call', index: (known ?? { index: this.#count }).index, args };
    const call = known ?? this.#begin(providerIndex);
    this.#last = call;
    if (id !== undefined && call.id === undefined) delta.id = call.id = id;
    if (name !== undefined && call.name === undefined) delta.name = call.name = name;
    const saysNothing = args === '' && delta.id === undefined && delta.name === undefined;
    return known && saysNothing ? null : delta;
  }

  #find(providerIndex: number | undefined, id?: string, name?: string): KnownCall | undefined {
    const known = providerIndex === undefined ? this.#last : this.#byProviderIndex?.get(providerIndex);
    if (!known) return undefined;
    const isAnother = id !== undefined && known.id !== undefined && id !== known.id && name !== undefined;
    if (isAnother) return undefined;
    const isNextWithoutIds =
      providerIndex === undefined && id === undefined && name !== undefined && known.name;
    return isNextWithoutIds ? undefined : known;
  }

  #begin(providerIndex: number | undefined): KnownCall {
    const call: KnownCall = { index: this.#count++ };
    if (providerIndex !== undefined) (this.#byProviderIndex ??= new Map()).set(providerIndex, call);
    return call;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Arguments are JSON text; a few servers send the object itself. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
}
