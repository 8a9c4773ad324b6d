import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../auth/access.js';
import { readVersion } from '../health/version.js';
import { openApiDocument } from './document.js';
import { docsPage } from './pages/docs-page.js';
import { errorsPage } from './pages/errors-page.js';
import { style } from './pages/style.js';

const HTML = 'text/html; charset=utf-8';

/** The API, told to programs and to people. Each text is made once, when it is first asked for. */
@Controller()
@Public()
export class OpenApiController {
  readonly #document = once(() => openApiDocument(readVersion()));
  readonly #json = once(() => JSON.stringify(this.#document()));
  readonly #docs = once(() => docsPage(this.#document()));
  readonly #errors = once(errorsPage);

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  document(): string {
    return this.#json();
  }

  @Get('docs')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-cache')
  docs(): string {
    return this.#docs();
  }

  @Get('docs/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'no-cache')
  style(): string {
    return style;
  }

  @Get('errors')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-cache')
  errors(): string {
    return this.#errors();
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
