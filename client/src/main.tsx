import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/sidebar.css';
import './styles/transcript.css';
import './styles/composer.css';
import './markdown/markdown.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { AppProvider } from './components/app-context.js';
import { Shell } from './components/shell.js';
import { chooseLocale, locale, t } from './i18n/locale.js';
import { markdownLabels } from './markdown/index.js';
import { createApp } from './state/app.js';

const app = createApp();
const root = document.documentElement;

effect(() => chooseLocale(app.settings.locale.value));
effect(() => {
  root.lang = locale.value === 'zh' ? 'zh-CN' : 'en';
  markdownLabels.value = {
    copy: t('copy'),
    copied: t('copied'),
    showAll: (count) => t('showAll', { count }),
  };
});
effect(() => {
  const theme = app.settings.theme.value;
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
});

const page = document.getElementById('app');
if (!page) throw new Error('index.html has no #app');
render(
  <AppProvider value={app}>
    <Shell />
  </AppProvider>,
  page,
);
