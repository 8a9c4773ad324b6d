import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: string;
  /** What is wrong with it. */
  faults?: readonly string[];
}

interface TextProps extends FieldProps {
  value: string;
  change: (value: string) => void;
}

/** A label, a control, what helps to fill it in, and what is wrong with it. */
function Field(props: FieldProps & { id: string; inside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="field">
      <label class="field-label" for={props.id}>
        {props.label}
      </label>
      {props.children}
      {props.inside}
      <FieldNotes {...props} />
    </div>
  );
}

function FieldNotes({ id, hint, faults = [] }: Pick<FieldProps, 'hint' | 'faults'> & { id: string }) {
  return (
    <>
      {faults.length > 0 && (
        <p id={`${id}-fault`} class="field-fault">
          {faults.join(' ')}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </>
  );
}

function described(id: string, { hint, faults = [] }: FieldProps) {
  const notes = [faults.length > 0 ? `${id}-fault` : '', hint === undefined ? '' : `${id}-hint`];
  return {
    id,
    'aria-invalid': faults.length > 0,
    'aria-describedby': notes.filter((note) => note !== '').join(' ') || undefined,
  };
}

/** What is typed stands until the box is left: the answer of a check draws the form anew meanwhile. */
function useTyped(value: string) {
  const typed = useSignal<string | undefined>(undefined);
  return {
    value: typed.value ?? value,
    type: (text: string): void => {
      typed.value = text;
    },
    leave: (): void => {
      typed.value = undefined;
    },
  };
}

/** @param props.late whether the value is taken only when the box is left: for names, which are written elsewhere, too */
export function TextField(
  props: TextProps & { late?: boolean; maxLength?: number; list?: readonly string[] },
) {
  const id = useId();
  const { value, change, late = false } = props;
  const typed = useTyped(value);
  return (
    <Field {...props} id={id}>
      <input
        {...described(id, props)}
        class="field-box"
        type="text"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        maxLength={props.maxLength}
        value={late ? typed.value : value}
        onInput={({ currentTarget }) => (late ? typed.type : change)(currentTarget.value)}
        onChange={late ? ({ currentTarget }) => change(currentTarget.value) : undefined}
        onBlur={typed.leave}
      />
    </Field>
  );
}

/** A text of several lines. `placeholders` are put in where the cursor is. */
export function AreaField(
  props: TextProps & { rows?: number; placeholders?: readonly string[]; placeholdersLabel?: string },
) {
  const id = useId();
  const { placeholders = [] } = props;
  const insert = (text: string): void => {
    const box = document.getElementById(id);
    if (!(box instanceof HTMLTextAreaElement)) return;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
    props.change(box.value);
    box.focus();
  };
  const inside = placeholders.length > 0 && (
    <p class="placeholders">
      {props.placeholdersLabel}{' '}
      {placeholders.map((text) => (
        <button key={text} type="button" class="placeholder" onClick={() => insert(text)}>
          {text}
        </button>
      ))}
    </p>
  );
  return (
    <Field {...props} id={id} inside={inside}>
      <textarea
        {...described(id, props)}
        class="field-box field-area"
        rows={props.rows ?? 3}
        dir="auto"
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
    </Field>
  );
}

/** A number, or nothing. What is no number is not taken. */
export function NumberField(
  props: FieldProps & {
    value: number | null;
    change: (value: number | null) => void;
    min: number;
    max: number;
    step?: number | 'any';
  },
) {
  const id = useId();
  const typed = useTyped(String(props.value ?? ''));
  return (
    <Field {...props} id={id}>
      <input
        {...described(id, props)}
        class="field-box field-number"
        type="number"
        inputMode="numeric"
        min={props.min}
        max={props.max}
        step={props.step ?? 1}
        value={typed.value}
        onBlur={typed.leave}
        onInput={({ currentTarget: { valueAsNumber, value } }) => {
          typed.type(value);
          if (value === '') props.change(null);
          else if (Number.isFinite(valueAsNumber)) props.change(valueAsNumber);
        }}
      />
    </Field>
  );
}

export interface Choice {
  value: string;
  label: string;
}

export function SelectField(props: TextProps & { choices: readonly Choice[]; after?: ComponentChildren }) {
  const id = useId();
  return (
    <Field {...props} id={id} inside={props.after}>
      <select
        {...described(id, props)}
        class="field-box field-select"
        value={props.value}
        onChange={(event) => props.change(event.currentTarget.value)}
      >
        {props.choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Some of several. What is chosen and not offered is shown, too, so that it can be taken away. */
export function SeveralField(
  props: FieldProps & {
    offered: readonly string[];
    chosen: readonly string[];
    change: (chosen: string[]) => void;
    /** What is said when nothing is offered. */
    none?: string;
  },
) {
  const id = useId();
  const { offered, chosen, faults = [] } = props;
  const all = [...new Set([...offered, ...chosen])];
  return (
    <fieldset class="field" aria-describedby={described(id, props)['aria-describedby']}>
      <legend class="field-label">{props.label}</legend>
      {all.length === 0 && props.none !== undefined && <p class="field-hint">{props.none}</p>}
      <div class="several">
        {all.map((name) => (
          <label key={name} class={offered.includes(name) ? 'chip-choice' : 'chip-choice chip-gone'}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) =>
                props.change(
                  all.filter((one) => (one === name ? event.currentTarget.checked : chosen.includes(one))),
                )
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
      <FieldNotes id={id} hint={all.length === 0 ? undefined : props.hint} faults={faults} />
    </fieldset>
  );
}

export function CheckField(props: { label: string; value: boolean; change: (value: boolean) => void }) {
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={props.value}
        onChange={(event) => props.change(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

/** One of a few, side by side. */
export function Segments<Value extends string>(props: {
  label: string;
  value: Value;
  choices: readonly (readonly [Value, string])[];
  change: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="sr-only">{props.label}</legend>
      {props.choices.map(([value, label]) => (
        <label key={value} class="segment">
          <input
            type="radio"
            name={name}
            checked={props.value === value}
            onChange={() => props.change(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
