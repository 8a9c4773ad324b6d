import { isOpenAiPath } from '../http/problem.js';
import { errorKinds, type ErrorCode } from '../protocol/error-code.js';
import { componentSchemas, type JsonSchema } from './component-schemas.js';
import { headerNames, headers, parameters } from './parameters.js';
import { errorsOf, type Route, type RouteAnswer, type StreamDialect } from './route.js';
import { routes } from './routes.js';
import { securityOf, securitySchemes, type SecurityRequirement } from './security.js';

export interface MediaType {
  schema: JsonSchema;
  [extension: `x-${string}`]: unknown;
}
export interface OpenApiResponse {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, MediaType>;
}
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: { $ref: string }[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  security: SecurityRequirement[];
  responses: Record<string, OpenApiResponse>;
}
export interface OpenApiDocument {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    parameters: typeof parameters;
    headers: typeof headers;
    securitySchemes: typeof securitySchemes;
  };
}

const PROBLEM = 'application/problem+json';
const EVENT_STREAM = 'text/event-stream';

const common = { heartbeat: ': hb', terminator: '[DONE]' };
/** The lines of a stream besides `data`. */
const framing: Record<StreamDialect, Record<string, string>> = {
  native: {
    id: '<run_id>.<epoch>.<seq>, the position of the event',
    retry: 'milliseconds, in the first frame of a run',
    ...common,
  },
  openai: common,
  'ai-sdk': { id: 'the position of the event, on the last of its chunks', ...common },
  'ag-ui': { id: 'the position of the event, on the last of those that it becomes', heartbeat: ': hb' },
};

/** The OpenAPI 3.1 document of the routes (https://spec.openapis.org/oas/v3.1.1). */
export function openApiDocument(version: string): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Millrace',
      version,
      description:
        'A self-hosted streaming chat service. A request creates a run; the run appends events to its log; a response only reads that log, from any position.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: componentSchemas(), parameters, headers, securitySchemes },
  };
}

function operation(route: Route): Operation {
  const { operationId, summary, description, tag, body } = route;
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    ...(route.parameters && { parameters: route.parameters.map((name) => ref('parameters', name)) }),
    ...(body && {
      requestBody: {
        required: !route.bodyIsOptional,
        content: { 'application/json': { schema: schemaRef(body) } },
      },
    }),
    security: securityOf(route),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

function answersOf({ answers }: Route): Record<string, OpenApiResponse> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...(answer.headers && {
          headers: Object.fromEntries(
            answer.headers.map((name) => [headerNames[name], ref('headers', name)]),
          ),
        }),
        ...(answer.content && {
          content: { ...mediaOf(answer.content), ...(answer.or && mediaOf(answer.or)) },
        }),
      },
    ]),
  );
}

function mediaOf(content: NonNullable<RouteAnswer['content']>): Record<string, MediaType> {
  if ('json' in content) return { 'application/json': { schema: schemaRef(content.json) } };
  if ('jsonDocument' in content) return { 'application/json': { schema: { type: 'object' } } };
  if ('text' in content) return { [content.text]: { schema: { type: 'string' } } };
  // Before OpenAPI 3.2 there is no word for the items of a stream: `schema` is the data of one frame, as generators read it.
  return {
    [EVENT_STREAM]: {
      schema: schemaRef(content.eventStream),
      'x-sse': framing[content.dialect],
    },
  };
}

/** One response a status; its schema names the codes that it may carry. */
function problemsOf(route: Route): Record<string, OpenApiResponse> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const problem = isOpenAiPath(route.path) ? 'OpenAiProblem' : 'Problem';
  const responses = [...byStatus].map(([status, codes]): [string, OpenApiResponse] => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${errorKinds[code].text}`).join('\n\n'),
      ...(status === 405 && { headers: { Allow: ref('headers', 'Allow') } }),
      content: {
        [PROBLEM]: { schema: { allOf: [schemaRef(problem), { properties: { code: { enum: codes } } }] } },
      },
    },
  ]);
  return Object.fromEntries(responses);
}

function schemaRef(name: string): { $ref: string } {
  return ref('schemas', name);
}

function ref(kind: 'schemas' | 'parameters' | 'headers', name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` };
}
