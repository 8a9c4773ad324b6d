import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/sidebar.css';
import './styles/transcript.css';
import './styles/composer.css';
import './styles/panels.css';
import './styles/studio.css';
import './markdown/markdown.css';
import { render } from 'preact';
import { AppProvider } from './components/app-context.js';
import { loadPanels } from './components/panels.js';
import { Shell } from './components/shell.js';
import { reflect } from './components/document-root.js';
import { chooseLocale } from './i18n/locale.js';
import { createApp } from './state/app.js';

const app = createApp();
const RETRY_MS = 1_000;
/** By then the page has what it shows at first. */
const PANELS_MS = 1_500;

void speak().then(start);

/** Texts that could not be loaded are asked for again: without them the page would say nothing. */
async function speak(): Promise<void> {
  for (;;) {
    try {
      return await chooseLocale(app.settings.locale.peek());
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function start(): void {
  reflect(app);
  const page = document.getElementById('app');
  if (!page) throw new Error('index.html has no #app');
  render(
    <AppProvider value={app}>
      <Shell />
    </AppProvider>,
    page,
  );
  // So that the first menu opens at once.
  setTimeout(() => void loadPanels().catch(() => undefined), PANELS_MS);
}
