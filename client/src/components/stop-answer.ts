import { t } from '../i18n/locale.js';
import type { App } from '../state/app.js';

/** Stops the answer that is being written; says so when a waiting message follows it. */
export function stopAnswer({ conversation, notices }: App): void {
  const open = conversation.peek();
  if (!open?.live.peek()) return;
  if (open.waiting.peek().length > 0) notices.tell(t('queueGoesOn'));
  void open.stop();
}
