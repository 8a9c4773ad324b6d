import { useApp } from '../../components/app-context.js';
import { Glyph, Icon, Mark } from '../../components/icons.js';
import type { StudioKey } from '../../i18n/studio-en.js';
import { t } from '../../i18n/studio-text.js';
import { glyphs } from '../shared/glyphs.js';

const wishes: readonly StudioKey[] = ['designWishReview', 'designWishTranslate'];

/** Says how a graph is designed in dialogue. */
export function DesignStart() {
  const app = useApp();
  return (
    <div class="start studio-start">
      <Mark />
      <h1>{t('designTitle')}</h1>
      <p class="muted">{t('designText')}</p>
      <ul class="examples">
        {wishes.map((wish) => (
          <li key={wish}>
            <button
              type="button"
              class="example"
              disabled={app.ask.value === undefined}
              onClick={() => app.send(t(wish))}
            >
              <Glyph path={glyphs.graph} />
              <span class="example-label">{t(wish)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="studio-ways">
        <button type="button" class="button" onClick={() => (app.settings.mode.value = 'graph')}>
          <Icon name="back" /> {t('back')}
        </button>
      </div>
    </div>
  );
}
