import { Controller, Get, Header, Param } from '@nestjs/common';
import { Public } from '../auth/access.js';
import { readVersion } from '../health/version.js';
import { MillraceError } from '../protocol/error-code.js';
import { openApiDocument } from './document.js';
import { eventSchemas, schemaList } from './event-schemas.js';
import { docsPage } from './pages/docs-page.js';
import { errorsPage } from './pages/errors-page.js';
import { style } from './pages/style.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** The API, told to programs and to people. Each text is made once, when it is first asked for. */
@Controller()
@Public()
export class OpenApiController {
  readonly #document = once(() => openApiDocument(readVersion()));
  readonly #json = once(() => JSON.stringify(this.#document()));
  readonly #json32 = once(() => JSON.stringify(openApiDocument(readVersion(), '3.2.0')));
  readonly #schemas = once(eventSchemas);
  readonly #docs = once(() => docsPage(this.#document()));
  readonly #errors = once(errorsPage);

  @Get('openapi.json')
  @Header('content-type', JSON_TYPE)
  @Header('cache-control', 'no-cache')
  document(): string {
    return this.#json();
  }

  @Get('openapi-3.2.json')
  @Header('content-type', JSON_TYPE)
  @Header('cache-control', 'no-cache')
  document32(): string {
    return this.#json32();
  }

  @Get('schemas')
  @Header('cache-control', 'no-cache')
  schemaList() {
    return schemaList();
  }

  @Get('schemas/:name')
  @Header('content-type', 'application/schema+json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  schema(@Param('name') name: string): string {
    const schema = this.#schemas().get(name);
    if (!schema) throw new MillraceError('not_found');
    return JSON.stringify(schema);
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
