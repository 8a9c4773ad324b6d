import { useLayoutEffect, useRef } from 'preact/hooks';
import { MarkdownView } from './markdown-view.js';
import type { MarkdownDocument } from './text-document.js';

/** Shows a markdown text that may still grow. The element's content belongs to the view, not to Preact. */
export function Markdown({ document }: { document: MarkdownDocument }) {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!root.current) return undefined;
    const view = new MarkdownView(root.current, () => document.text);
    const detach = document.attach(view);
    return () => {
      detach();
      view.dispose();
    };
  }, [document]);
  return <div class="markdown" ref={root} />;
}
