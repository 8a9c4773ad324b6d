import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { parseJSONRPCMessage, SdkError, SdkErrorCode, serializeMessage } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { completeCutMessage } from './cut-message.js';
import { LineLimiter } from './line-limiter.js';
import type { LimitedLine } from './line-limiter.js';
import { beginGroup, endGroup, signalChild } from './process-group.js';

export interface StdioOptions {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** The most bytes held of one message. */
  messageLimit: number;
  /** Gets what the server writes to stderr, in pieces. */
  onStderr: (text: string) => void;
}

/** How long a server has to go by itself after its input ended, and again after SIGTERM. */
const GRACE_MS = 500;
const OUTPUT_MS = 250;

/**
 * An MCP server in a process of its own, spoken to by lines on stdin and stdout
 * (https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio).
 *
 * The package's own transport is not used, because here the child gets only PATH, HOME and its configured environment, it is
 * ended together with everything it started, and a message that is too large is cut instead of ending the connection.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  /** How the process ended, once it has. */
  ended: { code: number | null; signal: NodeJS.Signals | null } | undefined;

  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();

  constructor(private readonly options: StdioOptions) {}

  async start(): Promise<void> {
    const { command, args, cwd } = this.options;
    const child = spawn(command, [...args], {
      cwd,
      env: this.environment(),
      shell: false,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    const lines = new LineLimiter(this.options.messageLimit);
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk).forEach((line) => this.receive(line)));
    child.stderr.setEncoding('utf8').on('data', this.options.onStderr);
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on('error', (error) => this.onerror?.(error));
    }
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended = { code, signal };
        if (child.pid !== undefined) endGroup(child.pid);
        resolve();
        this.closeAfterOutput(child);
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.on('error', (error) => {
        reject(error);
        this.onerror?.(error);
      });
    });
    if (child.pid !== undefined) beginGroup(child.pid);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.child?.stdin;
    if (!stdin?.writable) throw new SdkError(SdkErrorCode.ConnectionClosed, 'The server process has ended.');
    if (stdin.write(serializeMessage(message))) return;
    await Promise.race([new Promise<void>((resolve) => stdin.once('drain', resolve)), this.exited]);
  }

  async close(): Promise<void> {
    const child = this.child;
    if (!child || this.ended || child.pid === undefined) return;
    child.stdin?.end();
    if (await this.exitsWithin(GRACE_MS)) return;
    signalChild(child, 'SIGTERM');
    if (await this.exitsWithin(GRACE_MS)) return;
    signalChild(child, 'SIGKILL');
    await this.exited;
  }

  /** What the process wrote last is read first; a pipe that something else keeps open is not waited for. */
  private closeAfterOutput(child: ChildProcess): void {
    const closed = (): void => {
      clearTimeout(timer);
      child.removeListener('close', closed);
      this.onclose?.();
    };
    const timer = setTimeout(closed, OUTPUT_MS);
    child.once('close', closed);
  }

  private async exitsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    try {
      return await Promise.race([this.exited.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private receive(line: LimitedLine): void {
    const text = line.cut ? completeCutMessage(line.head, line.tail) : line.text;
    if (text === undefined || text.trim() === '') return;
    try {
      this.onmessage?.(parseJSONRPCMessage(JSON.parse(text)));
    } catch {
      // Servers print banners and logs to stdout. What is not a message, or upsets the client, is not ours to fail on.
      this.onerror?.(new Error('The server wrote a line that is not a message.'));
    }
  }

  /** Never the keys of this process: a server gets what the operator's file gives it. */
  private environment(): Record<string, string> {
    const inherited = ['PATH', 'HOME', ...(process.platform === 'win32' ? ['SYSTEMROOT', 'TEMP'] : [])];
    const base = inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return { ...Object.fromEntries(base), ...this.options.env };
  }
}
