import type { Access } from '../auth/access.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { SchemaName } from './component-schemas.js';
import type { HeaderName, ParameterName } from './parameters.js';
import type { TagName } from './tags.js';

export type StreamDialect = 'native' | 'openai' | 'ai-sdk' | 'ag-ui';
type TextType = 'text/html' | 'text/css' | 'text/plain' | 'text/markdown';

export interface RouteAnswer {
  description: string;
  /** A component for JSON; a text or a document for another media type, by its name. */
  content?:
    | { json: SchemaName }
    | { eventStream: SchemaName; dialect: StreamDialect }
    | { text: TextType }
    | { document: 'application/json' | 'application/schema+json' };
  /** A second form of the same status. */
  or?: { json: SchemaName } | { text: TextType };
  headers?: readonly HeaderName[];
}

/** One route, as people are told of it. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` for parameters. */
  path: string;
  tag: TagName;
  operationId: string;
  summary: string;
  description?: string;
  parameters?: readonly ParameterName[];
  body?: SchemaName;
  /** Then it may come without one. */
  bodyIsOptional?: true;
  /** Default `owner`. A test compares it with what the route does. */
  access?: Access;
  answers: Readonly<Record<number, RouteAnswer>>;
  /** Besides those that every route, and every route with a body, may have. */
  errors?: readonly ErrorCode[];
}

const everyRoute: readonly ErrorCode[] = [
  'malformed_request',
  'credential_in_url',
  'invalid_parameter',
  'method_not_allowed',
  'request_timeout',
  'uri_too_long',
  'misdirected_request',
  'headers_too_large',
  'internal',
];
const changing: readonly ErrorCode[] = ['foreign_origin'];
const withBody: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_request',
  'unsupported_media_type',
  'body_too_large',
];

/** Every code that a route may answer with. */
export function errorsOf({ method, body, access, errors = [] }: Route): ErrorCode[] {
  const refusal: readonly ErrorCode[] = access === 'public' ? [] : ['unauthorized'];
  return [
    ...new Set([
      ...errors,
      ...refusal,
      ...(body ? withBody : []),
      ...(method === 'get' ? [] : changing),
      ...everyRoute,
    ]),
  ];
}
