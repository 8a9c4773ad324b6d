import { signal, type ReadonlySignal } from '@preact/signals';
import type { StreamEnvironment } from '../stream/environment.js';

export interface NoticeAction {
  label: string;
  run: () => void;
}

export interface Notice {
  id: number;
  kind: 'done' | 'failed';
  text: string;
  action?: NoticeAction;
}

const SHOWN_MS = 5_000;
/** Failures, and what can be undone, stay longer. */
const SHOWN_LONG_MS = 12_000;

/** Short messages about what a person did: that it is done, or why it failed. Each goes by itself after a while. */
export class Notices {
  readonly #setTimer: StreamEnvironment['setTimer'];
  readonly #list = signal<readonly Notice[]>([]);
  #count = 0;

  constructor(setTimer: StreamEnvironment['setTimer']) {
    this.#setTimer = setTimer;
  }

  get list(): ReadonlySignal<readonly Notice[]> {
    return this.#list;
  }

  tell(text: string, action?: NoticeAction): void {
    this.#add({ kind: 'done', text, action }, action ? SHOWN_LONG_MS : SHOWN_MS);
  }

  fail(text: string): void {
    this.#add({ kind: 'failed', text }, SHOWN_LONG_MS);
  }

  dismiss(id: number): void {
    this.#list.value = this.#list.peek().filter((notice) => notice.id !== id);
  }

  /** The same text again takes the place of the first. */
  #add(notice: Omit<Notice, 'id'>, shownMs: number): void {
    this.#count += 1;
    const id = this.#count;
    const others = this.#list.peek().filter(({ text }) => text !== notice.text);
    this.#list.value = [...others, { ...notice, id }];
    this.#setTimer(() => this.dismiss(id), shownMs);
  }
}
