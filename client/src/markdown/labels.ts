import { signal } from '@preact/signals';

/** The words that these views show themselves. */
export interface MarkdownLabels {
  copy: string;
  copied: string;
  showAll: (lines: number) => string;
}

/** Written by whoever owns the locale; views follow it. */
export const markdownLabels = signal<MarkdownLabels>({
  copy: 'Copy',
  copied: 'Copied',
  showAll: (lines) => `Show all ${lines} lines`,
});
