/** What the scripted server does with one request: plain data, because it goes to another process. */
export type Script = Answer | TurnsScript | SequenceScript;

/** One HTTP answer. */
export interface Answer {
  /** Default 200. */
  status?: number;
  /** Added to, or instead of, `content-type: text/event-stream`. */
  headers?: Record<string, string>;
  steps: readonly Step[];
  /** Cuts all bytes up to the next gate into pieces of this many, each written by itself. */
  pieceBytes?: number;
  /** Sends all steps up to the next gate in one write of the socket, though each is an HTTP chunk of its own. */
  corked?: boolean;
  /** What ends the lines of events. Default LF. */
  newline?: '\n' | '\r\n' | '\r';
}

/** A conversation: the answer is chosen by how many assistant messages follow the last user message. The last one repeats. */
export interface TurnsScript {
  turns: readonly Answer[];
}

/** One answer a request, in order. The last one repeats. */
export interface SequenceScript {
  sequence: readonly Answer[];
}

/** `{{request}}` in any text becomes the number of the request, so that ids can differ from call to call. */
export type Step =
  /** A chat.completion.chunk with one choice; `fields` replace or add top-level fields (for example `choices`). */
  | {
      do: 'chunk';
      delta?: Record<string, unknown>;
      finish_reason?: string | null;
      usage?: Record<string, unknown> | null;
      fields?: Record<string, unknown>;
    }
  /** An event with this data as it is. */
  | { do: 'data'; data: string; event?: string }
  /** Text as it is. */
  | { do: 'write'; text: string }
  /** Bytes as they are. */
  | { do: 'bytes'; base64: string }
  /** `text` again and again, up to this many characters. */
  | { do: 'repeat'; text: string; characters: number }
  /** Waits until the test releases the gate of this name. */
  | { do: 'gate'; name: string }
  | { do: 'wait'; ms: number }
  /** Ends the answer; this also happens after the last step. */
  | { do: 'end' }
  /** Closes the connection in the middle of the body. What was written before arrives. */
  | { do: 'cut' }
  /** Resets the connection (RST). What the client has not read yet is lost, so put a gate before it. */
  | { do: 'reset' }
  /** Says nothing more and leaves the connection open. */
  | { do: 'hang' };

/** One request as the server saw it. */
export interface RecordedRequest {
  /** From 1, in order of arrival. */
  number: number;
  /** Tells connections apart. */
  clientPort: number | undefined;
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** The parsed body; the text of it when it is not JSON. */
  body: unknown;
  /** `performance.now()` of the server, in milliseconds. */
  receivedAt: number;
  closedAt?: number;
  /** Who ended the answer: the client left early, or the server was done with it. Absent while it is open. */
  closedBy?: 'client' | 'server';
  /** How many steps of the script were played. */
  stepsPlayed: number;
}

/** What the test asks the server process to do. */
export type Command =
  | { do: 'push'; scripts: readonly Script[] }
  | { do: 'script'; model: string; script: Script }
  | { do: 'release'; gate: string; count: number }
  | { do: 'requests' }
  | { do: 'received'; count: number }
  | { do: 'closed'; number: number }
  | { do: 'reset' };
