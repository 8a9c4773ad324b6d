import { errorKinds, type ErrorCode } from '../../src/protocol/error-code.js';
import { send, type HttpAnswer } from '../support/http-client.js';
import { rows } from './bad-input.rows.js';
import { BadInputSite } from './bad-input.site.js';

/** promises.md E.3, rows 1-27 and 31-35 as far as their routes exist; design.md says where its statuses differ. */
describe('[HTTP-02] [HTTP-04] bad input', () => {
  let site: BadInputSite;

  beforeAll(async () => {
    site = await BadInputSite.open();
  });
  afterAll(() => site.close());

  it.each(rows)('$name', async ({ send: sendRow, status, code, runs = 0, check }) => {
    const before = await site.traces();
    const answer = await sendRow(site);
    expect({ status: answer.status, body: answer.body.slice(0, 500) }).toMatchObject({ status });
    if (code) expectProblem(answer, code);
    await check?.(answer, site);
    const after = await site.traces();
    expect(after.runs - before.runs).toBe(runs);
    expect(after.modelCalls - before.modelCalls).toBe(runs);
    if (code) expect(after.conversations).toBe(before.conversations);
  });

  it('leaves a server that answers as before', async () => {
    const health = await send(site.url, { path: '/health' });
    expect(JSON.parse(health.body)).toMatchObject({ status: 'healthy' });
    expect(Object.keys(JSON.parse(health.body)).sort()).toEqual(['app_name', 'status', 'stores', 'version']);
    const answer = await send(site.url, { path: `/api/runs/${site.runId}` });
    expect(JSON.parse(answer.body)).toMatchObject({ state: 'completed' });
  });

  it('logs nothing of it as an error of the server', () => {
    expect(site.server.output()).not.toMatch(/"level":[56]0/);
  });
});

/** RFC 9457, with Millrace's members; the answer to HEAD has no body. */
function expectProblem({ status, headers, body }: HttpAnswer, code: ErrorCode): void {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-run-id']).toBeUndefined();
  if (body === '' && headers['content-length'] === undefined) return;
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({
    type: `/errors#${code}`,
    status,
    code,
    retryable: errorKinds[code].retryable,
    detail: expect.stringMatching(/\S/),
    trace_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
  });
  expect(errorKinds[code].status).toBe(status);
}
