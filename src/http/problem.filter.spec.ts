import { jest } from '@jest/globals';
import { HttpException, Logger, type ArgumentsHost } from '@nestjs/common';
import { MillraceError } from '../protocol/error-code.js';
import { ProblemFilter } from './problem.filter.js';

function answer(thrown: unknown, { headersSent = false, method = 'POST' } = {}) {
  const sent = {
    status: 0,
    headers: {} as Record<string, string>,
    body: undefined as string | undefined,
    destroyed: false,
  };
  const response = {
    headersSent,
    status(status: number) {
      sent.status = status;
      return response;
    },
    setHeader(name: string, value: string) {
      sent.headers[name] = value;
      return response;
    },
    end: (body?: string) => void (sent.body = body),
    destroy: () => void (sent.destroyed = true),
  };
  const request = { method, path: '/api/x', url: '/api/x?secret=1', app: { router: { stack: [] } } };
  const http = { getRequest: () => request, getResponse: () => response };
  new ProblemFilter().catch(thrown, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return sent;
}

describe('[HTTP-03] ProblemFilter', () => {
  let logged: ReturnType<typeof jest.spyOn>;
  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['an Error', new TypeError('the password is hunter2')],
    ['a text', 'the password is hunter2'],
    ['nothing', undefined],
    ['an exception of Nest', new HttpException('the password is hunter2', 500)],
  ])('answers %s as internal, without its text, and logs it under the same trace id', (_name, thrown) => {
    const { status, headers, body } = answer(thrown);
    expect(status).toBe(500);
    expect(headers).toEqual({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    });
    const problem = JSON.parse(body!);
    expect(problem).toMatchObject({ code: 'internal', status: 500, retryable: true, instance: '/api/x' });
    expect(body).not.toContain('hunter2');
    expect(logged).toHaveBeenCalledWith(
      { trace_id: problem.trace_id, code: 'internal', err: thrown },
      'A request failed',
    );
  });

  it('answers an error of the table with its code, and its members beside the standard ones', () => {
    const { status, body } = answer(
      new MillraceError('invalid_request', { detail: 'x: wrong', members: { errors: [1], status: 1 } }),
    );
    expect(status).toBe(422);
    expect(JSON.parse(body!)).toEqual({
      type: '/errors#invalid_request',
      title: 'invalid request',
      status: 422,
      detail: 'x: wrong',
      instance: '/api/x',
      code: 'invalid_request',
      retryable: false,
      trace_id: expect.any(String),
      errors: [1],
    });
    expect(logged).not.toHaveBeenCalled();
  });

  it('says nothing in the body of HEAD', () => {
    expect(answer(new MillraceError('run_not_found'), { method: 'HEAD' })).toMatchObject({
      status: 404,
      body: undefined,
    });
  });

  it('cuts a response that has begun', () => {
    expect(answer(new Error('x'), { headersSent: true })).toMatchObject({
      destroyed: true,
      status: 0,
      body: undefined,
    });
  });

  it.each([
    [400, 'invalid_parameter', 400],
    [403, 'invalid_parameter', 400],
    [404, 'not_found', 404],
    [413, 'body_too_large', 413],
    [415, 'unsupported_media_type', 415],
    [416, 'invalid_parameter', 400],
    [503, 'internal', 500],
  ])('gives status %i of a library the code %s', (status, code, answered) => {
    const sent = answer(Object.assign(new Error('x'), { status }));
    expect(sent.status).toBe(answered);
    expect(JSON.parse(sent.body!)).toMatchObject({ code });
  });
});
