import { LineDocument, MarkdownDocument } from './text-document.js';

function record(document: LineDocument): { seen: string[]; detach: () => void } {
  const seen: string[] = [];
  const detach = document.attach({ append: (text) => seen.push(text), end: () => seen.push('<end>') });
  return { seen, detach };
}

describe('TextDocument', () => {
  it('gives a late view the whole text, then each piece, then the end', () => {
    const document = new LineDocument('a');
    document.append('b');
    const { seen } = record(document);
    document.append('c');
    document.append('');
    document.end();
    document.end();
    document.append('ignored');
    expect(seen).toEqual(['ab', 'c', '<end>']);
    expect(document.text).toBe('abc');
    expect(document.ended).toBe(true);
    expect(record(document).seen).toEqual(['abc', '<end>']);
  });

  it('tells a detached view nothing more', () => {
    const document = new LineDocument();
    const { seen, detach } = record(document);
    document.append('a');
    detach();
    document.append('b');
    expect(seen).toEqual(['a']);
  });
});

describe('MarkdownDocument', () => {
  it.each([
    [['a\r\nb\rc\n'], 'a\nb\nc\n'],
    [['a\r', '\nb'], 'a\nb'],
    [['a\r', 'b'], 'a\nb'],
    [['a\r', '\r', '\n'], 'a\n\n'],
    [['a\r'], 'a\n'],
  ])('makes every line ending of %j a newline', (pieces, expected) => {
    const document = new MarkdownDocument();
    for (const piece of pieces) document.append(piece);
    document.end();
    expect(document.text).toBe(expected);
  });
});
