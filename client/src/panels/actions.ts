import { problemText } from '../components/problem-text.js';
import { t } from '../i18n/panel-text.js';
import type { App } from '../state/app.js';
import type { ConversationStatus } from '../state/conversation-item.js';
import type { ConversationFacts } from '../state/known-conversations.js';
import { request, sendJson } from '../stream/api.js';
import { problemOf } from '../stream/problem.js';

/** Shows a new title at once, and the old one again when the server refuses it. */
export async function rename(app: App, id: string, title: string): Promise<void> {
  await change(app, id, 'title', { title });
}

export async function setTags(app: App, id: string, tags: readonly string[]): Promise<void> {
  await change(app, id, 'tags', { tags });
}

export async function setStatus(app: App, id: string, status: ConversationStatus): Promise<boolean> {
  return change(app, id, 'status', { status });
}

export async function restore(app: App, id: string): Promise<boolean> {
  return setStatus(app, id, 'active');
}

/** Puts a conversation among the removed ones. It can be taken back. */
export async function remove(app: App, id: string): Promise<void> {
  const before = app.known.find(id);
  if (app.conversation.peek()?.id === id) app.router.open(undefined);
  if (!(await setStatus(app, id, 'deleted'))) return;
  app.notices.tell(t('removedNotice', { title: titleOf(app, id) }), {
    label: t('undo'),
    run() {
      if (app.known.find(id)?.status !== 'deleted') return;
      void setStatus(app, id, before?.status === 'favorite' ? 'favorite' : 'active');
    },
  });
}

/** Deletes a conversation for ever. Resolves with whether it could be. */
export async function erase(app: App, id: string): Promise<boolean> {
  const title = titleOf(app, id);
  try {
    await request(app.fetch, urlOf(id, 'permanent'), { method: 'DELETE' });
  } catch (error) {
    app.notices.fail(`${t('changeFailed')} ${problemText(problemOf(error))}`);
    return false;
  }
  if (app.conversation.peek()?.id === id) app.router.open(undefined);
  app.known.forget(id);
  app.changed(id);
  app.notices.tell(t('erasedNotice', { title }));
  return true;
}

export function urlOf(id: string, what: string): string {
  return `/api/chat/conversations/${encodeURIComponent(id)}/${what}`;
}

export function titleOf(app: App, id: string): string {
  return app.known.find(id)?.title || t('untitled');
}

async function change(
  app: App,
  id: string,
  what: 'title' | 'tags' | 'status',
  facts: ConversationFacts,
): Promise<boolean> {
  const problem = await app.known.change(id, facts, () => sendJson(app.fetch, 'PUT', urlOf(id, what), facts));
  if (problem) app.notices.fail(`${t('changeFailed')} ${problemText(problem)}`);
  else app.changed(id);
  return problem === undefined;
}
