import type { ChatRequestInput } from '../../../src/protocol/requests.js';
import type { ConnectionState } from '../stream/run-follower.js';

/** Where the server is, and who asks. */
export interface ServerOptions {
  /** For example `http://localhost:3000`. Absent: the origin of the page. */
  url?: string;
  /** Sent with every request, for example `authorization`. A function is asked before each, for what expires. */
  headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** In place of the global one. */
  fetch?: typeof fetch;
  /** Called when a connection is tried, is open, or is waited for after a cut. */
  onConnection?(state: ConnectionState): void;
}

/** What is read: a run that the server is asked to start, or one that it has. */
export type RunStart =
  | {
      /** The turn, as `POST /api/chat/completions` takes it. */
      body: Omit<ChatRequestInput, 'stream'>;
      path?: undefined;
      runId?: undefined;
      /** A start under the same key and with the same body reads the same run. Absent: a new key. */
      idempotencyKey?: string;
    }
  | {
      /** Another route whose answer is a native stream, for example `/api/graphs/execute`. */
      path: string;
      body: object;
      runId?: undefined;
      idempotencyKey?: string;
    }
  | {
      /** A run that exists, from its first event. */
      runId: string;
      body?: undefined;
    };
