/** The naive Nest service: `@Sse()` over the `openai` package's iterator. Decorators are applied by hand, because this is plain JavaScript. */
import 'reflect-metadata';
import { Body, Controller, Module, RequestMethod, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import OpenAI from 'openai';
import { Observable } from 'rxjs';

const openai = new OpenAI({ apiKey: 'none', baseURL: `${process.env.UPSTREAM}/v1` });

class ChatController {
  chat({ model }) {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const run = async () => {
        const messages = [{ role: 'user', content: 'go' }];
        const stream = await openai.chat.completions.create(
          { model, stream: true, messages },
          { signal: abort.signal },
        );
        for await (const chunk of stream) subscriber.next({ data: chunk });
        subscriber.complete();
      };
      run().catch((error) => subscriber.error(error));
      return () => abort.abort();
    });
  }
}
const method = Object.getOwnPropertyDescriptor(ChatController.prototype, 'chat');
Sse('chat', { method: RequestMethod.POST })(ChatController.prototype, 'chat', method);
Body()(ChatController.prototype, 'chat', 0);
Controller()(ChatController);

class AppModule {}
Module({ controllers: [ChatController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
