import { t } from '../i18n/locale.js';
import type { MessageKey } from '../i18n/en.js';
import { useApp } from './app-context.js';
import { Icon, Mark, type IconName } from './icons.js';
import { Studio } from './studio.js';

const examples: readonly { icon: IconName; label: MessageKey; prompt: MessageKey }[] = [
  { icon: 'clock', label: 'exampleTimeLabel', prompt: 'exampleTime' },
  { icon: 'sum', label: 'exampleSumLabel', prompt: 'exampleSum' },
  { icon: 'layout', label: 'exampleMarkdownLabel', prompt: 'exampleMarkdown' },
  { icon: 'text', label: 'exampleLongLabel', prompt: 'exampleLong' },
];

export function StartScreen() {
  return useApp().mode.value === 'chat' ? <ChatStart /> : <Studio is="Start" waiting />;
}

function ChatStart() {
  const app = useApp();
  return (
    <div class="start">
      <Mark />
      <h1>{t('startTitle')}</h1>
      <p class="muted">{t('startText')}</p>
      <ul class="examples">
        {examples.map(({ icon, label, prompt }) => (
          <li key={label}>
            <button
              type="button"
              class="example"
              disabled={app.model.value === ''}
              onClick={() => app.send(t(prompt))}
            >
              <Icon name={icon} />
              <span class="example-label">{t(label)}</span>
              <span class="example-prompt">{t(prompt)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
