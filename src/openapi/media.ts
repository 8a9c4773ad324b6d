import type { SchemaName } from './component-schemas.js';
import type { JsonSchema } from './json-schema.js';
import type { Route, RouteAnswer, StreamDialect } from './route.js';

/** 3.1 is for the generators of today; 3.2 has a word for the items of a stream (https://spec.openapis.org/oas/v3.2.0). */
export type OpenApiEdition = '3.1.1' | '3.2.0';

export interface MediaType {
  schema?: JsonSchema;
  itemSchema?: JsonSchema;
  [extension: `x-${string}`]: unknown;
}

type Content = NonNullable<RouteAnswer['content']>;
type Stream = Extract<Content, { eventStream: SchemaName }>;

const HEARTBEAT = ': hb';
const TERMINATOR = '[DONE]';
/** The lines of a frame besides `data`. */
const framing: Record<
  StreamDialect,
  { id?: string; hasAlwaysId?: true; retry?: string; terminator?: typeof TERMINATOR }
> = {
  native: {
    id: '<run_id>.<epoch>.<seq>, the position of the event',
    hasAlwaysId: true,
    retry: 'milliseconds, in the first frame of a run',
    terminator: TERMINATOR,
  },
  openai: { terminator: TERMINATOR },
  'ai-sdk': { id: 'the position of the event, on the last of its chunks', terminator: TERMINATOR },
  'ag-ui': { id: 'the position of the event, on the last of those that it becomes' },
};

/** The forms of an answer, by their media type. */
export function contentOf({ content, or }: RouteAnswer, edition: OpenApiEdition): Record<string, MediaType> {
  return { ...(content && mediaOf(content, edition)), ...(or && mediaOf(or, edition)) };
}

function mediaOf(content: Content, edition: OpenApiEdition): Record<string, MediaType> {
  if ('json' in content) return { 'application/json': { schema: schemaRef(content.json) } };
  if ('document' in content) return { [content.document]: { schema: { type: 'object' } } };
  if ('text' in content) return { [content.text]: { schema: { type: 'string' } } };
  return { 'text/event-stream': edition === '3.1.1' ? dataOf(content) : itemsOf(content) };
}

/** Before 3.2 there is no word for the items of a stream: `schema` is the data of one frame, as generators read it. */
function dataOf({ eventStream, dialect }: Stream): MediaType {
  const { id, retry, terminator } = framing[dialect];
  const lines = { ...(id !== undefined && { id }), ...(retry !== undefined && { retry }) };
  return {
    schema: schemaRef(eventStream),
    'x-sse': { ...lines, heartbeat: HEARTBEAT, ...(terminator && { terminator }) },
  };
}

function itemsOf({ eventStream }: Stream): MediaType {
  return { itemSchema: schemaRef(itemName(eventStream)) };
}

/** What the `itemSchema`s of the routes refer to, by the name of its component. */
export function streamItems(routes: readonly Route[]): Record<string, JsonSchema> {
  const contents = routes.flatMap(({ answers }) => Object.values(answers).map(({ content }) => content));
  const streams = contents.filter((content) => content !== undefined && 'eventStream' in content);
  return Object.fromEntries(streams.map((stream) => [itemName(stream.eventStream), itemOf(stream)]));
}

/** One item as a parser of server-sent events gives it. Its data is JSON, but for the word at the end. */
function itemOf({ eventStream, dialect }: Stream): JsonSchema {
  const { id, hasAlwaysId, retry, terminator } = framing[dialect];
  const description = `One item of the stream. \`${HEARTBEAT}\` comments between items say that the connection lives.`;
  const item = {
    type: 'object',
    required: [...(hasAlwaysId ? ['id'] : []), 'data'],
    properties: {
      ...(id !== undefined && { id: { type: 'string', description: id } }),
      ...(retry !== undefined && { retry: { type: 'integer', minimum: 0, description: retry } }),
      data: {
        type: 'string',
        pattern: '^\\{',
        contentMediaType: 'application/json',
        contentSchema: schemaRef(eventStream),
      },
    },
  };
  if (!terminator) return { description, ...item };
  const end = {
    type: 'object',
    description: 'The end of the stream. What ends without it was cut.',
    required: ['data'],
    properties: { data: { const: terminator } },
  };
  return { description, oneOf: [item, end] };
}

const itemName = (eventStream: SchemaName): string => `${eventStream}Item`;

export function schemaRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
