import { isOpenAiPath } from '../http/problem.js';
import { errorKinds, type ErrorCode } from '../protocol/error-code.js';
import { componentSchemas } from './component-schemas.js';
import type { JsonSchema } from './json-schema.js';
import { contentOf, schemaRef, streamItems, type MediaType, type OpenApiEdition } from './media.js';
import { headerNames, headers, parameters, type HeaderName } from './parameters.js';
import { errorsOf, type Route, type RouteAnswer } from './route.js';
import { routes } from './routes.js';
import { runErrors } from './run-answers.js';
import { securityOf, securitySchemes, type SecurityRequirement } from './security.js';
import { tags } from './tags.js';

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
  openapi: OpenApiEdition;
  /** The address of the document, in 3.2. */
  $self?: string;
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    parameters: typeof parameters;
    headers: typeof headers;
    securitySchemes: typeof securitySchemes;
  };
}

const PROBLEM = 'application/problem+json';
/** Where the model provider may say how long to wait. */
const BUSY: readonly ErrorCode[] = ['upstream_rate_limited', 'upstream_unavailable'];

/**
 * The OpenAPI document of the routes (https://spec.openapis.org/oas/v3.1.1, v3.2.0). The editions differ in how they describe event
 * streams, and in nothing else.
 */
export function openApiDocument(version: string, edition: OpenApiEdition = '3.1.1'): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, edition);
  const used = new Set(routes.map(({ tag }) => tag));
  return {
    openapi: edition,
    ...(edition === '3.2.0' && { $self: '/openapi-3.2.json' }),
    info: {
      title: 'Millrace',
      version,
      description:
        'A self-hosted streaming chat service. A request creates a run; the run appends events to its log; a response only reads that log, from any position.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags)
      .filter(([name]) => used.has(name as keyof typeof tags))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...componentSchemas(), ...(edition === '3.2.0' && streamItems(routes)) },
      parameters,
      headers,
      securitySchemes,
    },
  };
}

function operation(route: Route, edition: OpenApiEdition): Operation {
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
    responses: { ...answersOf(route, edition), ...problemsOf(route) },
  };
}

function answersOf({ answers }: Route, edition: OpenApiEdition): Record<string, OpenApiResponse> {
  const responseOf = (answer: RouteAnswer): OpenApiResponse => ({
    description: answer.description,
    ...(answer.headers && { headers: headerRefs(answer.headers) }),
    ...(answer.content && { content: contentOf(answer, edition) }),
  });
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]));
}

/** One response a status; its schema names the codes that it may carry. */
function problemsOf(route: Route): Record<string, OpenApiResponse> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const forOpenAi = isOpenAiPath(route.path);
  const problem = schemaRef(forOpenAi ? 'OpenAiProblem' : 'Problem');
  const headersOf = (codes: readonly ErrorCode[]): HeaderName[] => [
    ...(codes.includes('method_not_allowed') ? (['Allow'] as const) : []),
    ...(codes.includes('unauthorized') ? (['Challenge'] as const) : []),
    ...(codes.some((code) => BUSY.includes(code)) ? (['RetryAfter', 'RetryAfterMs'] as const) : []),
    ...(codes.some((code) => runErrors.includes(code)) ? runHeaders(route) : []),
    ...(forOpenAi ? (['ShouldRetry', 'RequestId'] as const) : []),
  ];
  const responses = [...byStatus].map(([status, codes]): [string, OpenApiResponse] => {
    const names = headersOf(codes);
    return [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${errorKinds[code].text}`).join('\n\n'),
        ...(names.length > 0 && { headers: headerRefs(names) }),
        content: { [PROBLEM]: { schema: { allOf: [problem, { properties: { code: { enum: codes } } }] } } },
      },
    ];
  });
  return Object.fromEntries(responses);
}

/** Which run failed, where a run was started. */
function runHeaders({ answers }: Route): HeaderName[] {
  const names = Object.values(answers).flatMap(({ headers = [] }) => headers);
  return names.filter((name) => name === 'RunId' || name === 'ConversationId');
}

function headerRefs(names: readonly HeaderName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [headerNames[name], ref('headers', name)]));
}

function ref(kind: 'parameters' | 'headers', name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` };
}
