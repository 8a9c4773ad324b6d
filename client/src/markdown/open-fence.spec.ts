import { OpenFence } from './open-fence.js';

/** Feeds pieces to an open fence and gives the code shown and what followed it. */
function read(text: string, pieceLength: number): { code: string; rest: string | undefined } {
  const opened = OpenFence.open(text.slice(0, text.indexOf('\n') + 1));
  if (!opened) throw new Error('no fence');
  const content = text.slice(text.indexOf('\n') + 1);
  let code = '';
  for (let start = 0; start < content.length; start += pieceLength) {
    const step = opened.fence.append(content.slice(start, start + pieceLength));
    code += step.code;
    if (step.rest !== undefined) return { code, rest: step.rest + content.slice(start + pieceLength) };
  }
  const last = opened.fence.end();
  return { code: code + last.code, rest: last.rest };
}

describe('OpenFence', () => {
  it.each([
    ['```\na\nb\n```\nrest', 'a\nb\n', 'rest'],
    ['```\na\n``\n````  \nrest', 'a\n``\n', 'rest'],
    ['````\n```\n````\n', '```\n', ''],
    ['~~~\n```\n~~~\nx', '```\n', 'x'],
    ['```\na\n``` b\n```\n', 'a\n``` b\n', ''],
    ['```\n    ```\n   ```\n', '    ```\n', ''],
    ['```\nnever closed', 'never closed\n', undefined],
    ['```\nclosed at the end\n```', 'closed at the end\n', ''],
    ['```\n\n\n```\nx', '\n\n', 'x'],
    ['```\n```\nx', '', 'x'],
  ])('%j holds %j', (text, code, rest) => {
    for (const length of [1, 2, 3, 100]) expect(read(text, length)).toEqual({ code, rest });
  });

  it('does not show a line that may be the closing fence', () => {
    const opened = OpenFence.open('```ts\n');
    expect(opened?.fence.info).toBe('ts');
    expect(opened?.fence.append('a\n``')).toEqual({ code: 'a\n' });
    expect(opened?.fence.append('x')).toEqual({ code: '``x' });
  });

  it.each(['text\n', '``\n', '```', '``` a`b\n', ' ```\n'])('%j opens none', (text) => {
    expect(OpenFence.open(text)).toBeUndefined();
  });
});
