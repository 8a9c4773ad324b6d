import type { Locator } from 'playwright-core';
import type { UiPage } from './ui-page.js';
import type { World } from './world.js';

/** The list of conversations, as a person uses it. */
export class UiList {
  constructor(private readonly ui: UiPage) {}

  get titles(): Locator {
    return this.nav.locator('.conversation-title');
  }
  get nav(): Locator {
    return this.ui.page.getByRole('navigation');
  }
  get search(): Locator {
    return this.ui.page.getByRole('searchbox', { name: 'Search conversations' });
  }
  get alert(): Locator {
    return this.ui.page.getByRole('alert');
  }

  link(title: string): Locator {
    return this.nav.getByRole('link', { name: title });
  }
  group(name: string): Locator {
    return this.nav.getByRole('region', { name });
  }

  /** Resolves when the list shows exactly these titles, in this order. */
  async shows(...titles: string[]): Promise<void> {
    await this.ui.until(
      `JSON.stringify([...document.querySelectorAll('nav .conversation-title')].map((one) => one.innerText)) === ${JSON.stringify(JSON.stringify(titles))}`,
    );
  }

  async filter(name: 'All' | 'Favourites' | 'Removed'): Promise<void> {
    await this.ui.page.getByRole('radio', { name, exact: true }).check();
  }

  /** Opens the menu of a conversation and chooses from it. */
  async choose(title: string, item: string): Promise<void> {
    await this.link(title).hover();
    await this.ui.page.getByRole('button', { name: `Options for “${title}”` }).click();
    await this.ui.page.getByRole('menuitem', { name: item, exact: true }).click();
  }
}

export interface StoredConversation {
  title: string;
  status?: 'active' | 'favorite' | 'deleted';
  tags?: string[];
  /** How many days ago it was changed. */
  age?: number;
  question?: string;
  answer?: string;
}

/** Stores a conversation of one answered question through the API. Returns its id. */
export async function store(world: World, conversation: StoredConversation): Promise<string> {
  const { title, status = 'active', tags = [], age = 0, question = 'Hello', answer = 'Hi' } = conversation;
  const at = new Date(Date.now() - age * 86_400_000).toISOString();
  const { status: code, body } = await world.post('/api/chat/conversations/import', {
    format: 'millrace.conversation',
    version: 1,
    conversation: {
      title,
      type: 'chat',
      status,
      tags,
      created_at: at,
      updated_at: at,
      prompt_tokens: 1,
      completion_tokens: 2,
    },
    rounds: [
      {
        created_at: at,
        model: 'plain',
        state: 'completed',
        messages: [
          { role: 'user', content: question },
          { role: 'assistant', content: answer },
        ],
      },
    ],
  });
  if (code >= 300) throw new Error(`${code} ${JSON.stringify(body)}`);
  return body['conversation_id'] as string;
}

/** Deletes every conversation, so that a test begins with an empty list. */
export async function clear(world: World): Promise<void> {
  const { body } = await world.get('/api/chat/conversations');
  for (const { _id } of body['conversations'] as { _id: string }[]) {
    await fetch(`${world.server.url}/api/chat/conversations/${_id}/permanent`, { method: 'DELETE' });
  }
}
