import { z } from 'zod';
import { agUiRunRequest } from '../ag-ui/run-request.js';
import { aiSdkChatRequest, aiSdkStopRequest } from '../ai-sdk/chat-request.js';
import { openAiChatRequest } from '../openai/chat-completion-request.js';
import { graphExecuteRequest, chatRequest } from '../protocol/requests.js';
import { jsonSchemas, type JsonSchema } from './json-schema.js';
import { answers } from './schemas/answer-schemas.js';
import { conversationSchemas } from './schemas/conversation-schemas.js';
import { frames } from './schemas/frame-schemas.js';
import { agUiSchemas } from './schemas/ag-ui-schemas.js';
import { agentSchemas } from './schemas/agent-schemas.js';
import { aiSdkSchemas } from './schemas/ai-sdk-schemas.js';
import { graphSchemas } from './schemas/graph-schemas.js';
import { openAiSchemas } from './schemas/openai-schemas.js';
import { runState } from './schemas/run-state-schema.js';

const [first, second, ...rest] = Object.values(frames);
if (!first || !second) throw new Error('There are no frames');
const nativeFrame = z
  .xor([first, second, ...rest])
  .describe(
    'The JSON of one `data:` line of a native stream. Ignore frames and fields that you do not know.',
  );

const named = {
  ChatRequest: chatRequest,
  GraphExecuteRequest: graphExecuteRequest,
  ...answers,
  ...conversationSchemas,
  ...agentSchemas,
  ...graphSchemas,
  OpenAiChatRequest: openAiChatRequest,
  ...openAiSchemas,
  AiSdkChatRequest: aiSdkChatRequest,
  AiSdkStopRequest: aiSdkStopRequest,
  ...aiSdkSchemas,
  AgUiRunRequest: agUiRunRequest,
  ...agUiSchemas,
  NativeFrame: nativeFrame,
  ...frames,
  RunState: runState,
};
export type SchemaName = keyof typeof named;

/** The schemas of the document, from the ones that the server checks with; each refers to the others by name. */
export function componentSchemas(): Record<string, JsonSchema> {
  return jsonSchemas(named, (name) => `#/components/schemas/${name}`);
}
