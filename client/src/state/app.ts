import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { browserEnvironment } from '../stream/browser-environment.js';
import { Answering } from './answering.js';
import { askModel, type Mode } from './asks.js';
import { modelsResource, serversResource, type McpServer } from './catalog.js';
import { Conversation, type ConversationContext } from './conversation.js';
import { ConversationList } from './conversation-list.js';
import { Drafts } from './drafts.js';
import { FrameScheduler } from './frame-scheduler.js';
import { KnownConversations } from './known-conversations.js';
import { Notices } from './notices.js';
import { newConversationId } from './random-id.js';
import { Router } from './router.js';
import { createSettings } from './settings.js';
import { browserStorage } from './storage.js';
import { Tabs } from './tabs.js';
import type { Ask, Turn } from './turn.js';

/** The built-in MCP server, which is chosen until somebody chooses otherwise. */
const BUILTIN = 'builtin';
/** Titles are made in the background after the first answers, and no stream tells of them then. */
const TITLE_DELAYS_MS = [2_000, 6_000, 15_000];
const TITLED_TURNS = 3;

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
  const known = new KnownConversations();
  const list = new ConversationList(world, known);
  const notices = new Notices(world.setTimer);
  const answering = new Answering(world, () => void list.load());
  const conversation = signal<Conversation | undefined>(undefined);
  const online = signal(navigator.onLine);

  const changed = (id: string): void => {
    tabs.tell(id);
    void list.load();
  };
  const context: ConversationContext = {
    world,
    drafts,
    known,
    scheduler: new FrameScheduler(),
    changed: ({ id }) => changed(id),
    ended(one) {
      changed(one.id);
      void servers.load();
      if (one.turns.peek().length > TITLED_TURNS) return;
      for (const delay of TITLE_DELAYS_MS) setTimeout(() => void list.load(), delay);
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
    const offered: readonly McpServer[] = state.kind === 'ready' ? state.data : [];
    const chosen = settings.servers.value ?? [BUILTIN];
    return offered.flatMap(({ name }) => (chosen.includes(name) ? [name] : []));
  });
  const title = computed(() => known.find(router.conversationId.value)?.title ?? '');

  const show = (next: Conversation | undefined): void => {
    const left = conversation.peek();
    const unfinished = left?.unfinishedRunId;
    left?.leave();
    conversation.value = next;
    if (left && unfinished !== undefined) answering.watch(left.id, unfinished);
  };
  effect(() => {
    const id = router.conversationId.value;
    if (id === conversation.peek()?.id) return;
    const next = id === undefined ? undefined : new Conversation(id, context);
    show(next);
    void next?.load();
  });
  effect(() => {
    const open = conversation.value;
    const live = open?.live.value;
    if (open) answering.set(open.id, live !== undefined);
  });
  let named: Turn | undefined;
  effect(() => {
    const open = conversation.value;
    const live = open?.live.value;
    const naming = live?.run.summary.value.naming;
    if (!open || !naming || live === named) return;
    named = live;
    known.amend(open.id, naming);
    // A person may have chosen another name since.
    void list.load();
  });

  const mode: ReadonlySignal<Mode> = computed(() => conversation.value?.mode.value ?? settings.mode.value);
  const otherAsk = signal<Ask | undefined>(undefined);
  const ask = computed(() => {
    if (mode.value !== 'chat') return otherAsk.value;
    return model.value === '' ? undefined : askModel(model.value, chosenServers.value);
  });

  const refresh = (): void => {
    void list.load();
    void conversation.peek()?.refresh();
  };
  tabs.onNews((id) => {
    void list.load();
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
  void list.load();

  return {
    fetch: world.fetch,
    settings,
    drafts,
    router,
    models,
    servers,
    known,
    list,
    notices,
    activities: answering.activities,
    conversation: conversation as ReadonlySignal<Conversation | undefined>,
    model,
    chosenServers,
    title,
    online: online as ReadonlySignal<boolean>,
    mode,
    /** Makes the requests for what is no model; who lets it be chosen sets it. */
    otherAsk,
    /** Makes the requests of prompts; undefined while it is not known what they go to. */
    ask,
    /** A conversation was changed by this page: its lists and the other tabs show that. */
    changed,
    /** Sends a prompt into the open conversation, or into a new one. */
    send(prompt: string): void {
      const chosen = ask.peek();
      if (!chosen) return;
      const open = conversation.peek() ?? new Conversation(newConversationId(), context, mode.peek());
      if (open !== conversation.peek()) {
        show(open);
        router.open(open.id);
      }
      open.send(prompt, chosen);
    },
  };
}
