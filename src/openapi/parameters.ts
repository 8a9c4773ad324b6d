import { DIALECT_NAMES } from '../sse/dialects/resumable-dialect.js';

const text = { type: 'string' } as const;
const position = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{1,64}\\.[1-9][0-9]*\\.[0-9]+$',
  examples: ['01K9ZV7T3M9Q4N6W2B8C5D1E0F.1.42'],
} as const;

/** The parameters of the routes, by the name of their component. */
export const parameters = {
  RunId: { name: 'id', in: 'path', required: true, schema: text, description: 'A run, from `X-Run-Id`.' },
  ConversationId: {
    name: 'id',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
    description: 'A conversation.',
  },
  ModelName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: text,
    description: 'The name of a model. It may hold slashes.',
  },
  McpServerName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: text,
    description: 'The name of a configured MCP server.',
  },
  AgentName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: text,
    description: 'The name of an agent.',
  },
  FileName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: text,
    description: 'The name of a file of the run.',
  },
  GraphName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: text,
    description: 'The name of a graph.',
  },
  GraphNewName: { name: 'to', in: 'path', required: true, schema: text, description: 'Its new name.' },
  GraphVersion: {
    name: 'version',
    in: 'path',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    description: 'A version of the graph.',
  },
  Limit: {
    name: 'limit',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 200 },
    description: 'The most conversations of one page.',
  },
  Cursor: {
    name: 'cursor',
    in: 'query',
    required: false,
    schema: text,
    description: 'The `next_cursor` of the page before.',
  },
  ExampleLanguage: {
    name: 'language',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['en', 'zh'], default: 'en' },
    description: 'What the examples are written in.',
  },
  Search: {
    name: 'q',
    in: 'query',
    required: false,
    schema: { type: 'string', maxLength: 200 },
    description: 'Text to find, as it is, in any case.',
  },
  TypeFilter: {
    name: 'type',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['chat', 'agent', 'graph'] },
    description: 'Only conversations of this type.',
  },
  StatusFilter: {
    name: 'status',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['active', 'deleted', 'favorite'] },
    description: 'Only conversations of this status. Default: all.',
  },
  ExportFormat: {
    name: 'format',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['json', 'markdown'], default: 'json' },
    description: '`json` can be imported again.',
  },
  After: {
    name: 'after',
    in: 'query',
    required: false,
    schema: text,
    description:
      'Read the events after this position: `<run_id>.<epoch>.<seq>`, or a bare number, which means that seq of the current epoch. It goes before `Last-Event-ID`. What cannot be served gets a snapshot, never an error.',
  },
  Dialect: {
    name: 'dialect',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: DIALECT_NAMES, default: 'native' },
    description:
      'The words of the stream: `native` (NativeFrame), `openai` (OpenAiChunk), `ai-sdk` (AiSdkChunk) or `ag-ui` (AgUiEvent). All have positions and can be resumed here.',
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    schema: position,
    description: 'The `id` of the last frame that was read. The stream goes on after it.',
  },
  ResumeLastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    schema: position,
    description:
      'A POST that names a position resumes that run and ignores its body; it never starts another. Clients that post again after a cut do so.',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 257 },
    description:
      'Up to 255 visible ASCII characters, bare or in quotes. The same key with the same body gives the same run, replayed from its beginning; with another body 422.',
  },
  SchemaName: {
    name: 'name',
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[a-z_.-]+\\.json$', examples: ['text.delta.json'] },
    description: 'A name of `GET /schemas`.',
  },
  StreamResume: {
    name: 'X-Stream-Resume',
    in: 'header',
    required: false,
    schema: { type: 'string', const: '1' },
    description:
      'Says that this client resumes by itself. The server may then end the response at a frame border, before the end of the run (rotation, drain).',
  },
} as const;
export type ParameterName = keyof typeof parameters;

const milliseconds = { type: 'integer', minimum: 0 } as const;

/** The headers of answers, by the name of their component. */
export const headers = {
  RunId: { schema: text, description: 'The run that this response starts or reads.' },
  ConversationId: { schema: text, description: 'Its conversation, where there is one.' },
  Allow: { schema: text, description: 'The methods that this path takes.' },
  Challenge: { schema: text, description: 'How to say who asks (RFC 9110 §11.6.1).' },
  RetryAfter: {
    schema: milliseconds,
    description: 'Seconds to wait before another try, where the model provider says so.',
  },
  RetryAfterMs: { schema: milliseconds, description: 'The same, in milliseconds.' },
  ShouldRetry: {
    schema: { type: 'string', enum: ['true', 'false'] },
    description: 'Whether another try may help. Clients of OpenAI obey it.',
  },
  RequestId: {
    schema: text,
    description: 'The `trace_id` of the problem, where clients of OpenAI look for it.',
  },
  FileName: { schema: text, description: 'The name to store the file under.' },
  UiMessageStream: { schema: { type: 'string', const: 'v1' }, description: 'The version of the stream.' },
} as const;
export type HeaderName = keyof typeof headers;

/** How a header of an answer is written. */
export const headerNames: Record<HeaderName, string> = {
  RunId: 'X-Run-Id',
  ConversationId: 'X-Conversation-Id',
  Allow: 'Allow',
  Challenge: 'WWW-Authenticate',
  RetryAfter: 'Retry-After',
  RetryAfterMs: 'Retry-After-Ms',
  ShouldRetry: 'X-Should-Retry',
  RequestId: 'X-Request-Id',
  FileName: 'Content-Disposition',
  UiMessageStream: 'X-Vercel-Ai-Ui-Message-Stream',
};
