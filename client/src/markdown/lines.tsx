import { useLayoutEffect, useRef } from 'preact/hooks';
import { LinesView } from './lines-view.js';
import type { TextDocument } from './text-document.js';

/** Shows a plain text that may still grow. The element's content belongs to the view, not to Preact. */
export function Lines({ document }: { document: TextDocument }) {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!root.current) return undefined;
    const view = new LinesView(root.current, () => document.text);
    const detach = document.attach(view);
    return () => {
      detach();
      view.dispose();
    };
  }, [document]);
  return <div class="lines" ref={root} />;
}
