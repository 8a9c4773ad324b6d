import type { Route } from './route.js';

const page = { tag: 'Server', access: 'public', method: 'get' } as const;

/** The routes that tell of the API itself. */
export const contractRoutes: readonly Route[] = [
  {
    ...page,
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This API, for generators of today',
    answers: { 200: { description: 'OpenAPI 3.1.', content: { document: 'application/json' } } },
  },
  {
    ...page,
    path: '/openapi-3.2.json',
    operationId: 'getOpenApi32',
    summary: 'This API, with the items of its event streams',
    description: 'The same as `/openapi.json`, but event streams are described by `itemSchema`.',
    answers: { 200: { description: 'OpenAPI 3.2.', content: { document: 'application/json' } } },
  },
  {
    ...page,
    path: '/schemas',
    operationId: 'listSchemas',
    summary: 'The JSON Schemas of the events',
    answers: { 200: { description: 'Where they are.', content: { json: 'SchemaList' } } },
  },
  {
    ...page,
    path: '/schemas/{name}',
    operationId: 'getSchema',
    summary: 'A JSON Schema',
    description:
      'Of the `data` of an event in a native stream, by the type of the event; of `native-frame`, which is any of them; or of `run-state`, which snapshots hold.',
    parameters: ['SchemaName'],
    answers: {
      200: { description: 'JSON Schema 2020-12.', content: { document: 'application/schema+json' } },
    },
    errors: ['not_found'],
  },
  {
    ...page,
    path: '/docs',
    operationId: 'getDocs',
    summary: 'This document as a page',
    answers: { 200: { description: 'A page without scripts.', content: { text: 'text/html' } } },
  },
  {
    ...page,
    path: '/docs/style.css',
    operationId: 'getDocsStyle',
    summary: 'The style sheet of the pages',
    answers: { 200: { description: 'The style sheet.', content: { text: 'text/css' } } },
  },
  {
    ...page,
    path: '/errors',
    operationId: 'getErrors',
    summary: 'Every error code, explained',
    answers: { 200: { description: 'A page without scripts.', content: { text: 'text/html' } } },
  },
];
