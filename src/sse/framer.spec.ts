import fc from 'fast-check';
import { createParser } from 'eventsource-parser';
import { HEARTBEAT, writeFrame } from './framer.js';

describe('writeFrame', () => {
  test('[SSE-12] writes the fields in the order id, retry, data, one data line, LF only', () => {
    expect(writeFrame({ id: '01ABC.1.2', retry: 3000, data: '{"a":1}' })).toBe(
      'id: 01ABC.1.2\nretry: 3000\ndata: {"a":1}\n\n',
    );
    expect(writeFrame({ data: '[DONE]' })).toBe('data: [DONE]\n\n');
  });

  test.each(['', 'a b', 'a\nb', 'a\r', 'ü', 'a\0', 'x'.repeat(129), 'a:b', 'a/b'])(
    '[SSE-12] refuses the id %j',
    (id) => {
      expect(() => writeFrame({ id, data: '{}' })).toThrow('not a safe SSE id');
    },
  );

  test.each(['a\nb', 'a\r', '\n', 'a\r\ndata: b'])('[SSE-12] refuses the data %j', (data) => {
    expect(() => writeFrame({ data })).toThrow('one line');
  });

  test('[SSE-12] what it writes is what a parser reads, for any JSON and any cut of the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ value: fc.json(), id: fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/)) }),
          { maxLength: 8 },
        ),
        fc.array(fc.nat(200), { maxLength: 30 }),
        (frames, cuts) => {
          const parsed: { id: string | undefined; data: string }[] = [];
          const parser = createParser({ onEvent: ({ id, data }) => parsed.push({ id, data }) });
          const text = frames
            .map(({ id, value }) =>
              writeFrame({ ...(id !== null && { id }), data: JSON.stringify(JSON.parse(value)) }),
            )
            .join(HEARTBEAT);
          let rest = text;
          for (const cut of cuts) {
            parser.feed(rest.slice(0, cut));
            rest = rest.slice(cut);
          }
          parser.feed(rest);
          expect(parsed).toEqual(
            frames.map(({ id, value }) => ({ id: id ?? undefined, data: JSON.stringify(JSON.parse(value)) })),
          );
        },
      ),
    );
  });
});

test('[SSE-03] the heartbeat is a comment with one newline', () => expect(HEARTBEAT).toBe(': hb\n'));
