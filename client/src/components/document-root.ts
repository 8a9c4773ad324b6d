import { effect } from '@preact/signals';
import { chooseLocale, locale, t } from '../i18n/locale.js';
import { markdownLabels } from '../markdown/index.js';
import type { App } from '../state/app.js';

/** Keeps the language and the theme of the document as they are chosen. */
export function reflect({ settings, notices, title }: App): void {
  const root = document.documentElement;
  effect(() => {
    chooseLocale(settings.locale.value).catch(() => notices.fail(t('languageFailed')));
  });
  effect(() => {
    root.lang = locale.value === 'zh' ? 'zh-CN' : 'en';
    markdownLabels.value = {
      copy: t('copy'),
      copied: t('copied'),
      showAll: (count) => t('showAll', { count }),
    };
  });
  effect(() => {
    const theme = settings.theme.value;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
  });
  effect(() => {
    document.title = title.value === '' ? t('appName') : `${title.value} · ${t('appName')}`;
  });
}
