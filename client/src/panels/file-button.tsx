import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

/** A button that lets somebody choose a file of JSON. `take` also gets the button, from which what is open around it can be closed. */
export function FileButton(props: {
  children: ComponentChildren;
  take: (file: File, button: HTMLElement | null) => void;
}) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button" onClick={() => file.current?.click()}>
        {props.children}
      </button>
      <input
        ref={file}
        class="file-box"
        type="file"
        accept="application/json,.json"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          // The same file can be chosen again.
          event.currentTarget.value = '';
          if (chosen) props.take(chosen, file.current);
        }}
      />
    </>
  );
}
