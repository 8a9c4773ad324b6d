import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { browserEnvironment } from '../stream/browser-environment.js';
import { conversationsResource, modelsResource, serversResource, type McpServer } from './catalog.js';
import { Conversation, type ConversationContext, type SendOptions } from './conversation.js';
import { Drafts } from './drafts.js';
import { FrameScheduler } from './frame-scheduler.js';
import { newConversationId } from './random-id.js';
import { Router } from './router.js';
import { createSettings } from './settings.js';
import { browserStorage } from './storage.js';
import { Tabs } from './tabs.js';

/** The built-in MCP server, which is chosen until somebody chooses otherwise. */
const BUILTIN = 'builtin';
/** Titles are made in the background after the first answer. */
const TITLE_DELAY_MS = 4_000;

export type App = ReturnType<typeof createApp>;

/** Everything the page knows, put together. */
export function createApp() {
  const world = browserEnvironment;
  const settings = createSettings(browserStorage);
  const drafts = new Drafts(browserStorage);
  const router = new Router();
  const tabs = new Tabs();
  const models = modelsResource(world.fetch);
  const servers = serversResource(world.fetch);
  const conversations = conversationsResource(world.fetch);
  const conversation = signal<Conversation | undefined>(undefined);
  const online = signal(navigator.onLine);

  const context: ConversationContext = {
    world,
    drafts,
    scheduler: new FrameScheduler(),
    accepted(one) {
      tabs.tell(one.id);
      void conversations.load();
    },
    ended(one) {
      tabs.tell(one.id);
      void conversations.load();
      void servers.load();
      setTimeout(() => void conversations.load(), TITLE_DELAY_MS);
    },
  };

  const model: ReadonlySignal<string> = computed(() => {
    const state = models.state.value;
    const names = state.kind === 'ready' ? state.data : [];
    const chosen = settings.model.value;
    return names.includes(chosen) ? chosen : (names[0] ?? '');
  });
  const chosenServers: ReadonlySignal<readonly string[]> = computed(() => {
    const state = servers.state.value;
    const known: readonly McpServer[] = state.kind === 'ready' ? state.data : [];
    const chosen = settings.servers.value ?? [BUILTIN];
    return known.flatMap(({ name }) => (chosen.includes(name) ? [name] : []));
  });
  const title = computed(() => {
    const state = conversations.state.value;
    const items = state.kind === 'ready' ? state.data : [];
    const listed = items.find((item) => item.id === router.conversationId.value);
    const own = conversation.value?.title.value;
    return listed?.title ?? own ?? '';
  });

  const show = (next: Conversation | undefined): void => {
    conversation.peek()?.leave();
    conversation.value = next;
  };
  effect(() => {
    const id = router.conversationId.value;
    if (id === conversation.peek()?.id) return;
    const next = id === undefined ? undefined : new Conversation(id, context, false);
    show(next);
    void next?.load();
  });

  const options = (): SendOptions => ({ model_name: model.peek(), mcp_servers: chosenServers.peek() });

  const refresh = (): void => {
    void conversations.load();
    void conversation.peek()?.refresh();
  };
  tabs.onNews((id) => {
    void conversations.load();
    if (conversation.peek()?.id === id) void conversation.peek()?.refresh();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) drafts.flush();
    else refresh();
  });
  addEventListener('pagehide', () => drafts.flush());
  addEventListener('online', () => {
    online.value = true;
    refresh();
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  void models.load();
  void servers.load();
  void conversations.load();

  return {
    settings,
    drafts,
    router,
    models,
    servers,
    conversations,
    conversation: conversation as ReadonlySignal<Conversation | undefined>,
    model,
    chosenServers,
    title,
    online: online as ReadonlySignal<boolean>,
    options,
    /** Sends a prompt into the open conversation, or into a new one. */
    send(prompt: string): void {
      const open = conversation.peek();
      if (open) {
        open.send(prompt, options());
        return;
      }
      const next = new Conversation(newConversationId(), context, true);
      show(next);
      router.open(next.id);
      next.send(prompt, options());
    },
  };
}
