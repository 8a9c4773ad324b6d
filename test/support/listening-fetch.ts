/** A `fetch` that hears what streams say: clients hide comments, which are what keeps their connections. */
export class ListeningFetch {
  /** The bodies read so far, as they came over the wire. */
  text = '';

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    const decoder = new TextDecoder();
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        this.text += decoder.decode(bytes, { stream: true });
        controller.enqueue(bytes);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(heard), { status, statusText, headers });
  };

  get heartbeats(): number {
    return this.text.match(/^: hb$/gm)?.length ?? 0;
  }
}
