import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.js';
import { UiPage, type UiOptions } from './ui-page.js';
import { World } from './world.js';

/** A world and a browser for the tests of a file, with a page that closes after each test and must have done nothing forbidden. */
export class UiWorld {
  world!: World;
  #browser!: Browser;
  #open: UiPage[] = [];

  /** Registers what begins and ends the world. Models named `custom` take whatever a test scripts. */
  static use(env: Record<string, string> = {}): UiWorld {
    const ui = new UiWorld();
    beforeAll(async () => {
      // The scripted models come first in the list; `custom` takes whatever a test scripts.
      ui.world = await World.start({ MODEL_MAX_RETRIES: '0', ...env }, ['custom']);
      ui.#browser = await launchBrowser();
    }, 120_000);
    afterAll(async () => {
      await ui.#browser.close();
      await ui.world.stop();
    });
    afterEach(async () => {
      const faults = await Promise.all(ui.#open.splice(0).map((page) => page.close()));
      await ui.world.openai.reset();
      expect(faults.flat()).toEqual([]);
    });
    return ui;
  }

  /** Opens the UI in a browser profile of its own. */
  async open(options: UiOptions = {}, path = '/', base = this.world.server.url): Promise<UiPage> {
    const page = await UiPage.open(this.#browser, base + path, options);
    this.#open.push(page);
    return page;
  }

  /** Opens another tab of the same profile. */
  async tab(other: UiPage, path: string): Promise<UiPage> {
    const page = await UiPage.tab(other.page.context(), this.world.server.url + path);
    this.#open.push(page);
    return page;
  }
}
