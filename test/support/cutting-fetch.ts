/** A `fetch` whose responses end, without an error, after so many frames: what a proxy makes of a cut. */
export function cuttingFetch(frames: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { status, headers } = response;
    return new Response(firstFrames(response.body!, frames), { status, headers });
  };
}

function firstFrames(body: ReadableStream<Uint8Array>, frames: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let given = 0;
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end !== -1) {
          controller.enqueue(new TextEncoder().encode(text.slice(0, end + 2)));
          text = text.slice(end + 2);
          given += 1;
          if (given === frames) {
            controller.close();
            await reader.cancel();
          }
          return;
        }
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          return;
        }
        text += decoder.decode(value, { stream: true });
      }
    },
    cancel: () => reader.cancel(),
  });
}
