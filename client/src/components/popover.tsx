import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

/**
 * A button and the panel it opens. The browser's own popover closes it on Escape and on a click elsewhere, and gives the
 * focus back; here it only gets its place above the button.
 */
export function Popover(props: {
  label: string;
  title?: string;
  buttonClass: string;
  button: ComponentChildren;
  disabled?: boolean;
  onOpen?: () => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const opened = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const place = (): void => {
    if (!button.current || !panel.current) return;
    const box = button.current.getBoundingClientRect();
    const { style } = panel.current;
    style.insetInlineStart = `${Math.max(8, Math.min(box.left, innerWidth - panel.current.offsetWidth - 8))}px`;
    style.insetBlockEnd = `${innerHeight - box.top + 8}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.buttonClass}
        aria-label={props.label}
        title={props.title}
        disabled={props.disabled}
        popovertarget={id}
      >
        {props.button}
      </button>
      <div
        ref={panel}
        id={id}
        class="popover"
        popover="auto"
        role="group"
        aria-label={props.label}
        onToggle={(event) => {
          if (event.newState !== 'open') return;
          opened.value = true;
          place();
          props.onOpen?.();
        }}
      >
        {opened.value && props.children}
      </div>
    </>
  );
}
