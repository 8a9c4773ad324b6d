import type { Locator, Page } from 'playwright-core';
import { graph } from './graphs.js';
import type { UiPage } from './ui-page.js';
import type { World } from './world.js';

/** What a person does with graphs and agents, by the names of the controls. */
export class GraphsUi {
  constructor(private readonly ui: UiPage) {}

  get page(): Page {
    return this.ui.page;
  }

  async mode(name: 'Chat' | 'Graph' | 'Agent'): Promise<void> {
    await this.ui.page.getByRole('group', { name: 'Mode' }).getByRole('radio', { name }).check();
  }

  /** The cards of the executions of a node, or of all. */
  cards(node?: string): Locator {
    return this.ui.page.locator(node === undefined ? '.node-run' : `.node-run[data-node="${node}"]`);
  }

  /** The box of a node in a picture. */
  box(node: string): Locator {
    return this.ui.page
      .locator('.picture-node')
      .filter({ has: this.ui.page.getByText(node, { exact: true }) });
  }

  field(label: string): Locator {
    return this.ui.page.getByLabel(label, { exact: true });
  }

  /** Chooses exactly these of a group of names. */
  async choose(group: string, names: readonly string[]): Promise<void> {
    const boxes = this.ui.page.getByRole('group', { name: group }).getByRole('checkbox');
    for (const box of await boxes.all()) {
      const name = await box.evaluate((input) => input.parentElement?.textContent ?? '');
      await box.setChecked(names.includes(name));
    }
  }

  /** Shows the form, the JSON or the readme. */
  async view(name: 'Form' | 'JSON' | 'Readme'): Promise<void> {
    await this.ui.page.getByRole('group', { name: 'View' }).getByRole('radio', { name }).check();
  }
}

/** Stores a graph whose nodes ask `plain` unless they say something else. */
export async function storeGraph(
  world: World,
  ...[name, nodes, fields]: Parameters<typeof graph>
): Promise<void> {
  const { status, body } = await world.post('/api/graphs', graph(name, nodes, fields));
  if (status !== 200) throw new Error(`${name}: ${JSON.stringify(body)}`);
}
