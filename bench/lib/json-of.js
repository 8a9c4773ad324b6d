/** The JSON body of a request. */
export async function jsonOf(request) {
  let body = '';
  for await (const piece of request) body += piece;
  return JSON.parse(body);
}
