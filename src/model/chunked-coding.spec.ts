import { ChunkedCoding } from './chunked-coding.js';

/** Decodes reads one after the other. Says the part of the body that each gave, and what is left to Node's parser. */
function decode(...reads: string[]) {
  const coding = new ChunkedCoding();
  const parts: string[] = [];
  for (const [index, read] of reads.entries()) {
    // What is before and after a read in the buffer is not its own.
    const bytes = Buffer.from(`..${read}..`, 'latin1');
    const rest = coding.decode(bytes, 2, bytes.length - 2);
    parts.push(bytes.toString('latin1', coding.start, coding.end));
    if (rest === bytes.length - 2) continue;
    const others = reads.slice(index + 1).join('');
    return { parts, left: coding.withheld + bytes.toString('latin1', rest, bytes.length - 2) + others };
  }
  return { parts, left: undefined };
}

describe('ChunkedCoding', () => {
  it('gives the data of all chunks of a read as one', () => {
    expect(decode('3\r\nabc\r\n10\r\n0123456789abcdef\r\n1\r\nz\r\n')).toEqual({
      parts: ['abc0123456789abcdefz'],
      left: undefined,
    });
  });

  it.each([
    ['A', 10],
    ['a', 10],
    ['1f', 31],
  ])('knows the size %s', (size, length) => {
    const data = 'x'.repeat(length);
    expect(decode(`${size}\r\n${data}\r\n`).parts).toEqual([data]);
  });

  it('goes on wherever a read ends', () => {
    const text = '12\r\nThe first of them.\r\n1\r\n\r\r\n2\r\n\r\n\r\n';
    const body = 'The first of them.\r\r\n';
    for (let cut = 0; cut <= text.length; cut += 1)
      expect(decode(text.slice(0, cut), text.slice(cut)).parts.join('')).toBe(body);
    expect(decode(...text).parts.join('')).toBe(body);
  });

  it.each([
    ['the last chunk', '0\r\n\r\n'],
    ['trailers', '0\r\na: b\r\n\r\n'],
    ['a size that begins with a zero', '03\r\nabc'],
    ['an extension', '3;name=value\r\nabc\r\n0\r\n\r\n'],
    ['no size', '\r\nabc'],
    ['another size', 'g\r\nabc'],
    ['a size of another line end', '3\nabc'],
    ['a line end that is none', '3\r\rabc'],
    ['a size that is too long', '12345678\r\nabc'],
  ])('leaves %s to the parser, as it came', (_what, text) => {
    for (let cut = 0; cut < text.length; cut += 1)
      expect(decode(`1\r\na\r\n${text.slice(0, cut)}`, text.slice(cut))).toEqual({
        parts: cut === 0 || decode(`1\r\na\r\n${text.slice(0, cut)}`).left === undefined ? ['a', ''] : ['a'],
        left: text,
      });
    expect(decode(...text).left).toBe(text);
  });

  it.each(['1\r\nabc', '1\r\na\nb', '1\r\na\rb'])(
    'leaves something that is no chunk in place of %j',
    (text) => {
      const { parts, left } = decode(text);
      expect(parts).toEqual(['a']);
      expect(left).toMatch(/^!/);
    },
  );
});
