import { Controller, Get, Header, Param } from '@nestjs/common';
import { Public } from '../auth/access.js';
import { readVersion } from '../health/version.js';
import { MillraceError } from '../protocol/error-code.js';
import { docsPage } from './pages/docs-page.js';
import { errorsPage } from './pages/errors-page.js';
import { style } from './pages/style.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** Loaded when a text is first asked for: the schemas take more memory than the rest of a route, and most servers are never asked. */
const load = {
  document: () => import('./document.js'),
  schemas: () => import('./event-schemas.js'),
};

/** The API, told to programs and to people. The documents are made once, when they are first asked for. */
@Controller()
@Public()
export class OpenApiController {
  readonly #document = once(async () => (await load.document()).openApiDocument(readVersion()));
  readonly #json = once(async () => JSON.stringify(await this.#document()));
  readonly #json32 = once(async () =>
    JSON.stringify((await load.document()).openApiDocument(readVersion(), '3.2.0')),
  );
  readonly #schemas = once(async () => (await load.schemas()).eventSchemas());
  readonly #docs = once(async () => docsPage(await this.#document()));
  readonly #errors = once(errorsPage);

  @Get('openapi.json')
  @Header('content-type', JSON_TYPE)
  @Header('cache-control', 'no-cache')
  document(): Promise<string> {
    return this.#json();
  }

  @Get('openapi-3.2.json')
  @Header('content-type', JSON_TYPE)
  @Header('cache-control', 'no-cache')
  document32(): Promise<string> {
    return this.#json32();
  }

  @Get('schemas')
  @Header('cache-control', 'no-cache')
  async schemaList() {
    return (await load.schemas()).schemaList();
  }

  @Get('schemas/:name')
  @Header('content-type', 'application/schema+json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  async schema(@Param('name') name: string): Promise<string> {
    const schema = (await this.#schemas()).get(name);
    if (!schema) throw new MillraceError('not_found');
    return JSON.stringify(schema);
  }

  @Get('docs')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-cache')
  docs(): Promise<string> {
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
