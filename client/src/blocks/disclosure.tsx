import { useId } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Icon } from '../components/icons.js';

/** A heading that folds what stands under it. What is folded is not in the page. */
export function Disclosure(props: {
  open: boolean;
  toggle: () => void;
  class: string;
  summary: ComponentChildren;
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`block disclosure ${props.class}`}>
      <button
        type="button"
        class="disclosure-summary"
        aria-expanded={props.open}
        aria-controls={props.open ? id : undefined}
        onClick={props.toggle}
      >
        <span class="disclosure-mark" aria-hidden="true">
          <Icon name="chevron" />
        </span>
        {props.summary}
      </button>
      {props.open && (
        <div id={id} class="disclosure-body">
          {props.children}
        </div>
      )}
    </section>
  );
}
