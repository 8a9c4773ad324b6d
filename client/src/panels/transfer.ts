import { problemText } from '../components/problem-text.js';
import { fileName, saveFile } from './save-file.js';
import { t } from '../i18n/panel-text.js';
import type { App } from '../state/app.js';
import { isRecord, stringOf } from '../state/json.js';
import { request, sendJson } from '../stream/api.js';
import { problemOf } from '../stream/problem.js';
import { titleOf, urlOf } from './actions.js';

const ENDINGS = { markdown: 'md', json: 'json' } as const;
/** Saves a conversation as a file that is called as the conversation is. */
export async function exportFile(app: App, id: string, format: keyof typeof ENDINGS): Promise<void> {
  try {
    const response = await request(app.fetch, `${urlOf(id, 'export')}?format=${format}`, {});
    saveFile(await response.blob(), `${fileName(titleOf(app, id))}.${ENDINGS[format]}`);
  } catch (error) {
    app.notices.fail(`${t('exportFailed')} ${problemText(problemOf(error))}`);
  }
}

/** Stores an exported conversation as a new one, and opens it. Resolves with whether that was possible. */
export async function importFile(app: App, file: File): Promise<boolean> {
  const document = await readArchive(file);
  if (!document) {
    app.notices.fail(t('importNoFile'));
    return false;
  }
  try {
    const answer = await sendJson(app.fetch, 'POST', '/api/chat/conversations/import', document);
    const { conversation_id: id, title } = isRecord(answer) ? answer : {};
    app.changed(stringOf(id));
    app.router.open(stringOf(id));
    app.notices.tell(t('importedNotice', { title: stringOf(title) }));
    return true;
  } catch (error) {
    app.notices.fail(`${t('importFailed')} ${problemText(problemOf(error))}`);
    return false;
  }
}

async function readArchive(file: File): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await file.text());
    return isRecord(value) && value['format'] === 'millrace.conversation' ? value : undefined;
  } catch {
    return undefined;
  }
}
