import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  CDPSession,
  Locator,
  Page,
} from 'playwright-core';

const SHOTS = resolve(import.meta.dirname, '../../test-results/ui');

/** Below the test's own time limit, so that what was waited for in vain is named. */
const PATIENCE_MS = 25_000;

const words = {
  en: { message: 'Message', send: 'Send', stop: 'Stop', model: 'Model', transcript: 'Conversation' },
  zh: { message: '消息', send: '发送', stop: '停止', model: '模型', transcript: '对话内容' },
} as const;

export interface UiOptions extends BrowserContextOptions {
  language?: keyof typeof words;
  /** What the page may print to the console as an error: the browser reports every refused request there. */
  expectedErrors?: RegExp;
}

/** The UI as a person uses it: by the names of its controls. Everything that should never happen is collected. */
export class UiPage {
  readonly page: Page;
  readonly #words: (typeof words)[keyof typeof words];
  readonly #faults: string[];

  private constructor(page: Page, language: keyof typeof words, faults: string[]) {
    this.page = page;
    this.#words = words[language];
    this.#faults = faults;
  }

  /** A page in a browser profile of its own. */
  static async open(browser: Browser, url: string, options: UiOptions = {}): Promise<UiPage> {
    const { language = 'en', expectedErrors, ...context } = options;
    const locale = language === 'zh' ? 'zh-CN' : 'en-US';
    const profile = await browser.newContext({ locale, viewport: { width: 1280, height: 800 }, ...context });
    return UiPage.tab(profile, url, language, expectedErrors);
  }

  /** A further tab of a profile. */
  static async tab(
    profile: BrowserContext,
    url: string,
    language: keyof typeof words = 'en',
    expectedErrors = /(?!)/,
  ): Promise<UiPage> {
    const faults: string[] = [];
    const page = await profile.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      const text = `${message.type()}: ${message.text()}`;
      if (['error', 'warning'].includes(message.type()) && !expectedErrors.test(text)) faults.push(text);
    });
    page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== new URL(url).origin) faults.push(`request to ${origin}`);
    });
    await page.exposeFunction('reportViolation', (text: string) => faults.push(`CSP: ${text}`));
    await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
      reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`);
    await page.goto(url);
    const ui = new UiPage(page, language, faults);
    await ui.box.or(page.locator('.workshop')).waitFor();
    return ui;
  }

  get box(): Locator {
    return this.page.getByRole('textbox', { name: this.#words.message, exact: true });
  }
  get send(): Locator {
    return this.page.getByRole('button', { name: this.#words.send, exact: true });
  }
  get stop(): Locator {
    return this.page.getByRole('button', { name: this.#words.stop, exact: true });
  }
  get transcript(): Locator {
    return this.page.getByRole('log', { name: this.#words.transcript });
  }
  get answers(): Locator {
    return this.page.locator('article.message-answer');
  }
  /** The text blocks of the last answer. */
  get answerText(): Locator {
    return this.answers.last().locator('.block-text');
  }
  get status(): Locator {
    return this.page.getByRole('status');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async choose(model: string): Promise<void> {
    await this.page.getByRole('combobox', { name: this.#words.model }).selectOption(model);
  }

  /** Types a prompt and sends it. */
  async ask(prompt: string): Promise<void> {
    await this.box.fill(prompt);
    await this.send.click();
  }

  /** Resolves when no answer is being written. */
  async idle(): Promise<void> {
    await this.send.waitFor();
  }

  /** Resolves when the locator's text is exactly this. */
  async shows(locator: Locator, text: string): Promise<void> {
    await locator.filter({ hasText: exactly(text) }).waitFor();
  }

  #focused(): Promise<string> {
    return this.page.evaluate<string>('document.activeElement.outerHTML.slice(0, 200)');
  }

  /** Resolves when the condition, an expression of the page, holds. Asked from outside, because the page forbids `eval`. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.page.evaluate<boolean>(expression))) {
      if (Date.now() > deadline)
        throw new Error(`In vain: ${expression}; the focus is at ${await this.#focused()}`);
      await this.page.waitForTimeout(20);
    }
  }

  /** Stores a picture of the page in test-results/ui, for people to look at. */
  async shot(name: string): Promise<void> {
    await mkdir(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  cdp(): Promise<CDPSession> {
    return this.page.context().newCDPSession(this.page);
  }

  /** Closes the profile and gives what should not have happened. */
  async close(): Promise<string[]> {
    await this.page.context().close();
    return this.#faults;
  }

  get faults(): readonly string[] {
    return this.#faults;
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
