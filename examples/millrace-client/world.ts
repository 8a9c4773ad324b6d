declare const process: { env: Record<string, string | undefined> };

export const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
export const headers = { authorization: `Bearer ${process.env['MILLRACE_KEY'] ?? 'none'}` };

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** A fetch whose first response breaks off in the middle of the stream. */
export function breaking(): typeof fetch {
  let answers = 0;
  return async (input, init) => {
    const response = await fetch(input, init);
    answers += 1;
    if (answers > 1 || !response.body) return response;
    let bytes = 0;
    const broken = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        controller.enqueue(piece);
        bytes += piece.length;
        if (bytes > 2000) controller.error(new Error('the network broke'));
      },
    });
    return new Response(response.body.pipeThrough(broken), response);
  };
}
