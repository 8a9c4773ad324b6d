import { Get, HttpCode, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Served } from './served.js';

type Handler = (...args: never[]) => Served | Promise<Served>;

/**
 * Makes a controller method a stream route: the method returns what `SseHelper` made, and that writes the response.
 *
 * `@Res()` is added one past the declared parameters, so that Nest leaves the response alone. Guards, pipes and errors that come
 * before the first frame are still answered as ordinary problems with their status, because the headers wait for that frame.
 * docs/decisions/0002 says why this is not Nest's `@Sse()`.
 */
export function EventStream(method: 'GET' | 'POST', path: string) {
  return <T extends Handler>(target: object, key: string, descriptor: TypedPropertyDescriptor<T>): void => {
    const handler = descriptor.value!;
    const responseIndex = handler.length;
    const serve = async function (this: object, ...args: unknown[]): Promise<void> {
      const response = args[responseIndex] as Response;
      const served = await (handler as unknown as (...args: unknown[]) => Served | Promise<Served>).apply(
        this,
        args,
      );
      await served.serve(response.req, response);
    };
    for (const name of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(name, Reflect.getMetadata(name, handler), serve);
    }
    Object.defineProperty(serve, 'name', { value: key });
    descriptor.value = serve as unknown as T;
    Res()(target, key, responseIndex);
    HttpCode(200)(target, key, descriptor);
    (method === 'GET' ? Get : Post)(path)(target, key, descriptor);
  };
}
