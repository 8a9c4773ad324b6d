import type { ModelMessage, ModelTool } from '../model-client.js';

/** What the demo model reads of a request. */
export interface DemoRequest {
  messages: readonly ModelMessage[];
  tools?: readonly ModelTool[];
  stream_options?: { include_usage?: boolean };
}

/** What it says, whole; it is cut into chunks afterwards. */
export interface DemoAnswer {
  reasoning: string;
  text: string;
  calls: DemoCall[];
}

export interface DemoCall {
  id: string;
  name: string;
  args: string;
}

/** What a tool answered to a call of this turn. */
export interface DemoResult {
  name: string;
  args: string;
  content: string;
}
