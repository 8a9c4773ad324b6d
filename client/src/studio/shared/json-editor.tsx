import { useMemo, useRef } from 'preact/hooks';
import { Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { lineOf, type JsonFault } from './json-lines.js';

interface Mark {
  line: number | undefined;
  text: string;
}

/** A text of JSON with numbered lines; what is wrong with it is marked there and said below. */
export function JsonEditor(props: {
  label: string;
  text: string;
  write: (text: string) => void;
  broken: JsonFault | undefined;
  faults: readonly { loc: readonly string[]; text: string }[];
  tidy: () => void;
}) {
  const { text, broken, faults } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const count = useMemo(() => text.split('\n').length, [text]);
  const marks: readonly Mark[] = broken
    ? [{ line: broken.line, text: broken.message }]
    : faults.map((fault) => ({ line: lineOf(text, fault.loc), text: fault.text }));
  const marked = new Set(marks.map(({ line }) => line));
  const goTo = (line: number): void => {
    const before = text.split('\n').slice(0, line - 1);
    const start = before.reduce((sum, one) => sum + one.length + 1, 0);
    const end = text.indexOf('\n', start);
    box.current?.focus();
    box.current?.setSelectionRange(start, end < 0 ? text.length : end);
  };
  return (
    <div class="json-editor">
      <div class="json-frame">
        <div class="json-lines" aria-hidden="true">
          {Array.from({ length: count }, (_, index) => (
            <span key={index} class={marked.has(index + 1) ? 'json-line json-line-marked' : 'json-line'}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={box}
          class="json-box"
          aria-label={props.label}
          aria-invalid={marks.length > 0}
          rows={count}
          wrap="off"
          spellcheck={false}
          autocomplete="off"
          value={text}
          onInput={(event) => props.write(event.currentTarget.value)}
        />
      </div>
      <div class="json-foot">
        {marks.length > 0 && (
          <ul class="json-marks">
            {marks.map(({ line, text: words }, index) => (
              <li key={index}>
                {line !== undefined && (
                  <button type="button" class="link-button" onClick={() => goTo(line)}>
                    {t('line', { line })}
                  </button>
                )}{' '}
                {words}
              </li>
            ))}
          </ul>
        )}
        {!broken && (
          <button type="button" class="button" onClick={props.tidy}>
            <Icon name="text" /> {t('jsonTidy')}
          </button>
        )}
      </div>
    </div>
  );
}
