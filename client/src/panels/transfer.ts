import { problemText } from '../components/problem-text.js';
import { t } from '../i18n/panel-text.js';
import type { App } from '../state/app.js';
import { isRecord, stringOf } from '../state/json.js';
import { request, sendJson } from '../stream/api.js';
import { problemOf } from '../stream/problem.js';
import { titleOf, urlOf } from './actions.js';

const ENDINGS = { markdown: 'md', json: 'json' } as const;
/** What file systems do not take in a name. */
const FORBIDDEN = /[\u0000-\u001f<>:"/\\|?*\u007f\s]+/g;
const LONGEST_NAME = 80;

/** Saves a conversation as a file that is called as the conversation is. */
export async function exportFile(app: App, id: string, format: keyof typeof ENDINGS): Promise<void> {
  try {
    const response = await request(app.fetch, `${urlOf(id, 'export')}?format=${format}`, {});
    save(await response.blob(), `${fileName(titleOf(app, id))}.${ENDINGS[format]}`);
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

export function fileName(title: string): string {
  const name = [...title.replaceAll(FORBIDDEN, ' ').trim()].slice(0, LONGEST_NAME).join('').trim();
  // A leading dot hides a file.
  return name.replace(/^\.+/, '') || 'conversation';
}

async function readArchive(file: File): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await file.text());
    return isRecord(value) && value['format'] === 'millrace.conversation' ? value : undefined;
  } catch {
    return undefined;
  }
}

function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
