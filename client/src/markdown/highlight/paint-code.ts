let painter: Promise<typeof import('./code-painter.js')> | undefined;

/**
 * Colours the complete lines of a code element that names its language, soon and in small slices; called again when it has grown, it
 * goes on where it was. What colours is loaded with the first such element. Code in an unknown language stays plain.
 */
export function paintCode(code: Element): void {
  if (!code.className.includes('language-')) return;
  painter ??= import('./code-painter.js');
  painter.then(
    ({ paint }) => paint(code),
    () => {
      // Offline: the code can be read without colours, and the next block tries again.
      painter = undefined;
    },
  );
}
