import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
import { Icon, Spinner } from '../components/icons.js';
import { problemText } from '../components/problem-text.js';
import { formatNumber } from '../i18n/format.js';
import { t } from '../i18n/panel-text.js';
import { isRecord, stringOf } from '../state/json.js';
import { sendJson } from '../stream/api.js';
import { problemOf } from '../stream/problem.js';
import { urlOf } from './actions.js';
import { Dialog } from './dialog.js';

type Kind = 'brutal' | 'precise';

const THRESHOLD = { min: 500, max: 10_000, step: 500, start: 2_000 };

/** Shortens the history of a conversation for good. It goes on when the dialog is closed. */
export function CompactDialog({ id, close }: { id: string; close: () => void }) {
  const app = useApp();
  const name = useId();
  const kind = useSignal<Kind>('precise');
  const threshold = useSignal(THRESHOLD.start);
  const working = useSignal(false);
  const failure = useSignal('');
  const isOpen = useRef(true);
  useEffect(() => () => void (isOpen.current = false), []);
  const compact = async (): Promise<void> => {
    if (working.peek()) return;
    working.value = true;
    failure.value = '';
    try {
      const answer = await sendJson(app.fetch, 'POST', urlOf(id, 'compact'), {
        conversation_id: id,
        model_name: app.model.peek(),
        compact_type: kind.peek(),
        compact_threshold: threshold.peek(),
      });
      const left = isRecord(answer) ? stringOf(answer['error']) : '';
      app.notices.tell(`${t('compactedNotice')} ${left}`.trim());
      app.changed(id);
      if (app.conversation.peek()?.id === id) void app.conversation.peek()?.reload();
      close();
    } catch (error) {
      const why = problemText(problemOf(error));
      working.value = false;
      failure.value = why;
      if (!isOpen.current) app.notices.fail(`${t('compactFailed')} ${why}`);
    }
  };
  return (
    <Dialog title={t('compactTitle')} close={close}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void compact();
        }}
      >
        <p class="muted">{t('compactText')}</p>
        <fieldset class="options" disabled={working.value}>
          <legend class="sr-only">{t('compactTitle')}</legend>
          <Option
            name={name}
            kind={kind}
            value="precise"
            label={t('compactPrecise')}
            text={t('compactPreciseText')}
          />
          {kind.value === 'precise' && (
            <label class="range">
              <span>{t('compactThreshold', { count: formatNumber(threshold.value) })}</span>
              <input
                type="range"
                min={THRESHOLD.min}
                max={THRESHOLD.max}
                step={THRESHOLD.step}
                value={threshold.value}
                onInput={(event) => (threshold.value = event.currentTarget.valueAsNumber)}
              />
            </label>
          )}
          <Option
            name={name}
            kind={kind}
            value="brutal"
            label={t('compactBrutal')}
            text={t('compactBrutalText')}
          />
        </fieldset>
        <p class="dialog-warning">
          <Icon name="warning" /> {t('compactWarning')}
        </p>
        {failure.value !== '' && (
          <p class="danger" role="alert">
            {failure.value}
          </p>
        )}
        <div class="form-actions">
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
          <button type="submit" class="button button-main" aria-disabled={working.value}>
            {working.value && <Spinner />}
            {t(working.value ? 'compacting' : 'compactStart')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Option(props: { name: string; kind: Signal<Kind>; value: Kind; label: string; text: string }) {
  const { name, kind, value } = props;
  return (
    <label class="option">
      <input type="radio" name={name} checked={kind.value === value} onChange={() => (kind.value = value)} />
      <span class="option-label">{props.label}</span>
      <span class="option-text">{props.text}</span>
    </label>
  );
}
