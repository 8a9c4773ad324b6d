/** What file systems do not take in a name. */
const FORBIDDEN = /[\u0000-\u001f<>:"/\\|?*\u007f\s]+/g;
const LONGEST_NAME = 80;

/** Lets the browser save a file, under this name. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/** A title as a name that every file system takes. */
export function fileName(title: string): string {
  const name = [...title.replaceAll(FORBIDDEN, ' ').trim()].slice(0, LONGEST_NAME).join('').trim();
  // A leading dot hides a file.
  return name.replace(/^\.+/, '') || 'conversation';
}
