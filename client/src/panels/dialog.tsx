import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

/** A modal dialog for as long as it is mounted. The browser keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    // The menu that opened it gives the focus back first.
    const timer = setTimeout(() => element?.showModal());
    return () => {
      clearTimeout(timer);
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="dialog-content">
        <h2 id={id} class="dialog-title">
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
