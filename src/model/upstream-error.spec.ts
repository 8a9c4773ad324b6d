import { errorInStream, errorOfConnection, errorOfStatus, isTransient } from './upstream-error.js';

const causeOf = (error: Error) => (error.cause as Error).message;

describe('[MODEL-03] [D-16] errorOfStatus', () => {
  it.each([
    [301, 'upstream_rejected'],
    [400, 'upstream_rejected'],
    [401, 'upstream_unauthorized'],
    [402, 'upstream_rejected'],
    [403, 'upstream_unauthorized'],
    [404, 'upstream_rejected'],
    [408, 'upstream_unavailable'],
    [409, 'upstream_unavailable'],
    [413, 'upstream_rejected'],
    [422, 'upstream_rejected'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_unavailable'],
    [503, 'upstream_unavailable'],
    [529, 'upstream_unavailable'],
  ])('takes %d for %s, and keeps the words for the log', (status, code) => {
    const error = errorOfStatus({ status, message: 'words of the provider' });
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('words');
    expect(causeOf(error)).toBe(`${status} words of the provider`);
  });

  it.each([
    [{ status: 400, code: 'context_length_exceeded', message: 'The maximum is 8192 tokens.' }],
    [{ status: 400, message: 'Please reduce the length of the messages: 8192 tokens.' }],
    [{ status: 413, message: 'prompt is too long: 9000 tokens > 8192 tokens maximum' }],
  ])('tells the user that the context is too long: %j', (report) => {
    const error = errorOfStatus(report);
    expect(error).toMatchObject({ code: 'context_length_exceeded', status: 400, retryable: false });
    expect(error.detail).toContain('8192 tokens');
  });

  it('tells the user that the prompt was refused, in our words', () => {
    const error = errorOfStatus({
      status: 400,
      code: 'content_filter',
      message: 'The response was filtered',
    });
    expect(error).toMatchObject({ code: 'content_policy_violation', status: 400 });
    expect(error.detail).not.toContain('filtered');
  });

  it('[OAI-02] tells the user which of their own fields is wrong', () => {
    const report = { status: 400, message: 'temperature must be at most 2', param: 'temperature' };
    expect(errorOfStatus(report, [], ['temperature'])).toMatchObject({
      code: 'parameter_rejected',
      status: 400,
      detail: 'temperature must be at most 2',
    });
    expect(errorOfStatus({ ...report, param: 'messages[0].content' }, [], ['messages']).code).toBe(
      'parameter_rejected',
    );
    expect(errorOfStatus(report, [], ['messages']).code).toBe('upstream_rejected');
    expect(errorOfStatus(report).code).toBe('upstream_rejected');
  });

  it('keeps how long the provider asks to wait', () => {
    expect(errorOfStatus({ status: 429, retryAfterMs: 1500 }).retryAfterMs).toBe(1500);
  });

  it('makes the provider’s words safe to show', () => {
    const message =
      'context length exceeded for key sk-abcdefghijkl,\u202e see https://u:p@example.com/x?key=1\n\nand my-own-secret ' +
      'word '.repeat(200);
    const { detail } = errorOfStatus({ status: 400, message }, ['my-own-secret']);
    expect(detail).not.toMatch(/sk-abc|https|example|my-own-secret|[\u202e\n]/);
    expect(detail.length).toBeLessThanOrEqual(300);
  });

  it('does not take long to read a hostile message', () => {
    const message = `context length ${'a-'.repeat(500_000)}`;
    expect(errorOfStatus({ status: 400, message }).code).toBe('context_length_exceeded');
  });

  it('cuts the cause, and keeps it free of secrets', () => {
    const error = errorOfStatus({ status: 500, message: `top-secret ${'x '.repeat(1000)}` }, ['top-secret']);
    expect(causeOf(error)).not.toContain('top-secret');
    expect(causeOf(error).length).toBeLessThanOrEqual(500);
  });
});

describe('errorInStream', () => {
  it.each([
    ['boom', 'upstream_unavailable'],
    [null, 'upstream_unavailable'],
    [{ code: '429', message: 'x' }, 'upstream_rate_limited'],
    [{ status: 401 }, 'upstream_unauthorized'],
    [{ code: 'rate_limit_exceeded' }, 'upstream_rate_limited'],
    [{ type: 'overloaded_error' }, 'upstream_unavailable'],
    [{ type: 'invalid_request_error', message: 'maximum context length' }, 'context_length_exceeded'],
    [{ code: 'insufficient_quota' }, 'upstream_rejected'],
  ])('takes %j for %s', (error, code) => expect(errorInStream(error).code).toBe(code));
});

describe('errorOfConnection', () => {
  it('keeps the chain of causes for the log, without secrets', () => {
    const socket = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const error = errorOfConnection(new Error('Connection error for hidden-key.', { cause: socket }), [
      'hidden-key',
    ]);
    expect(error.code).toBe('upstream_unavailable');
    expect(causeOf(error)).toBe(
      'Connection error for [secret].: ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1',
    );
  });
});

describe('isTransient', () => {
  it.each([
    [429, true],
    [503, true],
    [400, false],
    [401, false],
  ])('says of a %d: %s', (status, expected) => expect(isTransient(errorOfStatus({ status }))).toBe(expected));
});
