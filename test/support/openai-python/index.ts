import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../../..');
const OWN = join(ROOT, '.python/bin/python');

/** How to get what the skipped tests need. */
export const HOW_TO_INSTALL = 'install it with `sh scripts/install-python.sh`';

/** The Python that has the OpenAI package: of this project (scripts/install-python.sh), or of the machine. */
export const python = [OWN, 'python3'].find(
  (command) =>
    (command !== OWN || existsSync(OWN)) && spawnSync(command, ['-c', 'import openai']).status === 0,
);

export interface PythonError {
  class: string;
  message: string;
  status?: number | null;
  request_id?: string | null;
  code?: string | null;
  param?: string | null;
  type?: string | null;
}

export interface Outcome<T> {
  result?: T;
  error?: PythonError;
}

/** The OpenAI package of Python in a process of its own, because importing it takes a second. */
export class OpenAiPython {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(baseUrl: string) {
    if (python === undefined) throw new Error('There is no Python with the OpenAI package');
    this.#process = spawn(python, [join(import.meta.dirname, 'driver.py'), baseUrl], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Does one thing of driver.py. Resolves with what came of it, or with the error that Python raised. */
  do<T>(command: string, options: object = {}): Promise<Outcome<T>> {
    this.#process.stdin!.write(`${JSON.stringify([command, options])}\n`);
    return this.next();
  }

  /** What it says next. */
  async next<T>(): Promise<Outcome<T>> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('Python has ended');
    return JSON.parse(value) as Outcome<T>;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin!.end();
    await ended;
  }
}
