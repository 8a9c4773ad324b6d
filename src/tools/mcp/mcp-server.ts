import { Logger } from '@nestjs/common';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { checkTools } from '../checked-tools.js';
import type { CheckedTools } from '../checked-tools.js';
import { CircuitBreaker } from '../circuit-breaker.js';
import { Semaphore } from '../semaphore.js';
import { toolTimeoutText } from '../tool-texts.js';
import { untilAborted } from '../until-aborted.js';
import { visibleText } from '../visible-text.js';
import type { McpServerConfig } from './mcp-config.js';
import type { CallOptions, McpConnection } from './mcp-connection.js';
import { McpFailure } from './mcp-failure.js';

/** Loaded when a server is first used: the SDK takes 25 MB and a quarter of a second, which a server that has just started does not need. */
const sdk = {
  connection: () => import('./mcp-connection.js'),
  failures: () => import('./describe-failure.js'),
};

const CONNECT_SECONDS = 10;
const BREAKER_FAILURES = 5;
const BREAKER_MS = 30_000;
const MAX_ERROR_TEXT = 4096;

export interface McpServerLimits {
  /** How long a call may stay silent, where the server's own entry does not say. */
  callSeconds: number;
  /** How many calls run at once. */
  concurrency: number;
  /** The most bytes held of one message. */
  messageLimit: number;
}

/** The seed's shape of a server in `GET /api/mcp/status`. */
export interface McpServerStatus {
  connected: boolean;
  init_attempted: boolean;
  tools: string[];
  error: string | null;
  transport_type: McpServerConfig['transport'];
}

interface OpenServer {
  connection: McpConnection;
  /** Undefined until it is asked for, and again when the server says that it changed. */
  tools: Promise<CheckedTools> | undefined;
}

/** A connection, or the attempt at one that is under way. */
interface Attempt {
  server: Promise<OpenServer>;
  ready: OpenServer | undefined;
  stop: AbortController;
}

/**
 * One configured server: connected when it is first needed, once however many ask at a time (seed D-65), and again after it
 * died. Bounds the calls that run at once, and stops asking a server that fails again and again.
 */
export class McpServer {
  readonly timeoutSeconds: number;

  private readonly log: Logger;
  private readonly slots: Semaphore;
  private readonly breaker = new CircuitBreaker(BREAKER_FAILURES, BREAKER_MS);
  private readonly connectMs: number;

  private current: Attempt | undefined;
  private closed = false;
  private attempted = false;
  private error: string | null = null;
  private toolNames: string[] = [];

  constructor(
    readonly config: McpServerConfig,
    private readonly limits: McpServerLimits,
  ) {
    this.timeoutSeconds = config.timeoutSeconds ?? limits.callSeconds;
    this.connectMs = (config.timeoutSeconds ?? CONNECT_SECONDS) * 1000;
    this.slots = new Semaphore(limits.concurrency);
    this.log = new Logger(`McpServer ${visibleText(config.name, 64)}`);
  }

  get name(): string {
    return this.config.name;
  }

  status(): McpServerStatus {
    return {
      connected: this.current?.ready !== undefined,
      init_attempted: this.attempted,
      tools: this.toolNames,
      error: this.error,
      transport_type: this.config.transport,
    };
  }

  /** The server's tools. Throws McpFailure, or the signal's reason when it aborts first. */
  async tools(signal: AbortSignal): Promise<CheckedTools> {
    const known = this.current?.ready?.tools;
    if (known) return untilAborted(known, signal);
    return this.attempt(signal, () =>
      this.inSession(signal, (server) => untilAborted(this.list(server), signal)),
    );
  }

  /**
   * Calls a tool when there is a place for it. A refusal of the server itself is a result with `isError`. Throws McpFailure, or
   * the signal's reason when it aborts first.
   */
  async call(
    tool: string,
    input: Record<string, unknown>,
    options: Omit<CallOptions, 'timeoutMs'>,
  ): Promise<CallToolResult> {
    const release = await this.slots.acquire(options.signal);
    try {
      return await this.attempt(options.signal, () => this.callOnce(tool, input, options));
    } finally {
      release();
    }
  }

  /** Ends the connection, or the attempt at one. The next use connects again. */
  async disconnect(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    this.error = null;
    current?.stop.abort();
    const server = await current?.server.catch(() => undefined);
    await server?.connection.close();
  }

  /** Ends the connection for good: calls that still wait for their turn fail, and nothing connects again. */
  async close(): Promise<void> {
    this.closed = true;
    await this.disconnect();
  }

  private async callOnce(
    tool: string,
    input: Record<string, unknown>,
    options: Omit<CallOptions, 'timeoutMs'>,
  ): Promise<CallToolResult> {
    const timeoutMs = this.timeoutSeconds * 1000;
    try {
      return await this.inSession(options.signal, ({ connection }) =>
        connection.callTool(tool, input, { ...options, timeoutMs }),
      );
    } catch (error) {
      const { describeFailure, isTimeout, refusalOf } = await sdk.failures();
      options.signal.throwIfAborted();
      if (isTimeout(error)) throw new McpFailure(toolTimeoutText(this.timeoutSeconds), true, error);
      const failure = describeFailure(error);
      const refusal = refusalOf(error);
      if (refusal === null || failure.ofServer) throw failure;
      const text = visibleText(refusal, MAX_ERROR_TEXT);
      return { isError: true, content: [{ type: 'text', text }] };
    }
  }

  /** Runs work on the connection, and once more on a new one when the server has forgotten the session. */
  private async inSession<T>(signal: AbortSignal, work: (server: OpenServer) => Promise<T>): Promise<T> {
    const server = await untilAborted(this.connect(), signal);
    try {
      return await work(server);
    } catch (error) {
      const { isSessionLost } = await sdk.failures();
      if (!isSessionLost(error)) throw error;
      await server.connection.close();
    }
    return work(await untilAborted(this.connect(), signal));
  }

  /** Runs work behind the circuit breaker and tells it how the work ended. */
  private async attempt<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const waitMs = this.breaker.enter();
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new McpFailure(
        `The server failed ${BREAKER_FAILURES} times in a row; it is tried again in ${seconds} s.`,
        false,
      );
    }
    try {
      const result = await work();
      this.breaker.succeeded();
      return result;
    } catch (error) {
      const { describeFailure } = await sdk.failures();
      if (signal.aborted) {
        this.breaker.abandoned();
        signal.throwIfAborted();
      }
      const failure = describeFailure(error);
      this.log.debug(failure.cause ?? failure);
      if (failure.ofServer) this.breaker.failed();
      else this.breaker.succeeded();
      throw failure;
    }
  }

  private connect(): Promise<OpenServer> {
    if (this.closed) return Promise.reject(new McpFailure('Millrace is shutting down.', false));
    if (!this.current) {
      const attempt = { stop: new AbortController(), ready: undefined } as Attempt;
      this.current = attempt;
      attempt.server = this.openConnection(attempt);
      // Every caller may have left before it fails.
      attempt.server.catch(() => undefined);
    }
    return this.current.server;
  }

  private async openConnection(attempt: Attempt): Promise<OpenServer> {
    this.attempted = true;
    try {
      const { McpConnection } = await sdk.connection();
      const connection = await McpConnection.open(this.config, {
        signal: attempt.stop.signal,
        timeoutMs: this.connectMs,
        messageLimit: this.limits.messageLimit,
        onStderr: (text) => this.log.debug(visibleText(text, 2000)),
      });
      const server: OpenServer = { connection, tools: undefined };
      connection.onToolsChanged = () => {
        server.tools = undefined;
      };
      void connection.closed.then((reason) => this.forget(attempt, reason));
      attempt.ready = server;
      this.error = null;
      return server;
    } catch (error) {
      const { describeFailure } = await sdk.failures();
      const failure = describeFailure(error);
      this.forget(attempt, failure.message);
      throw failure;
    }
  }

  /** A connection that was ended on purpose is no longer the current one, and leaves no error. */
  private forget(attempt: Attempt, reason: string): void {
    if (this.current !== attempt) return;
    this.current = undefined;
    this.error = reason;
    this.log.warn(reason);
  }

  private list(server: OpenServer): Promise<CheckedTools> {
    server.tools ??= this.listOnce(server);
    return server.tools;
  }

  private async listOnce(server: OpenServer): Promise<CheckedTools> {
    try {
      const checked = await checkTools(await server.connection.listTools(this.connectMs));
      this.toolNames = checked.tools.map(({ tool }) => tool);
      checked.refusals.forEach((refusal) => this.log.warn(refusal));
      return checked;
    } catch (error) {
      server.tools = undefined;
      throw error;
    }
  }
}
