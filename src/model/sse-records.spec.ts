import fc from 'fast-check';
import { SseRecords } from './sse-records.js';

const utf8 = new TextEncoder();
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('[MODEL-02] SseRecords', () => {
  it('gives only whole records, and all of them, wherever the bytes are cut', () => {
    const record = fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}\n\n`);
    fc.assert(
      fc.property(fc.array(record), fc.array(fc.nat()), (texts, cuts) => {
        const bytes = utf8.encode(texts.join(''));
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const records = new SseRecords();
        let given = '';
        for (const [index, from] of [0, ...places].entries()) {
          const some = records.push(bytes.subarray(from, places[index] ?? bytes.length));
          for (const text of some) expect(text.endsWith('\n\n')).toBe(true);
          given += some.join('');
        }
        expect(given).toBe(latin1(texts.join('')));
        expect(records.takeRest()).toBe('');
      }),
    );
  });

  it('keeps the beginning of a record until its end comes, or the stream ends', () => {
    const records = new SseRecords();
    expect(records.push(utf8.encode('data: 1\n\ndata: 2\n'))).toEqual(['data: 1\n\n']);
    expect(records.push(utf8.encode('data: 3'))).toEqual([]);
    expect(records.takeRest()).toBe('data: 2\ndata: 3');
    expect(records.takeRest()).toBe('');
  });

  it('gives a record that was cut by itself, so that what follows it is not copied', () => {
    const records = new SseRecords();
    records.push(utf8.encode('data: 1\n'));
    expect(records.push(utf8.encode('\ndata: 2\n\ndata: 3\n\nda'))).toEqual([
      'data: 1\n\n',
      'data: 2\n\ndata: 3\n\n',
    ]);
    expect(records.push(utf8.encode('ta: 4\n\n'))).toEqual(['data: 4\n\n']);
  });

  it('refuses what cannot become UTF-8, and waits for the rest of a character', () => {
    const character = utf8.encode('水');
    const records = new SseRecords();
    const given = [
      Uint8Array.from([...utf8.encode('data: 1\n\ndata: '), character[0]!]),
      character.slice(1, 2),
      character.slice(2),
      utf8.encode('data: 2'),
    ];
    for (const bytes of given) {
      records.push(bytes);
      records.check();
    }
    records.push(Uint8Array.of(0xff));
    expect(() => records.check()).toThrow(/utf-8/);
  });

  it('checks what comes after a whole record as well', () => {
    const records = new SseRecords();
    expect(records.push(Uint8Array.from([...utf8.encode('data: 1\n\n'), 0xff]))).toEqual(['data: 1\n\n']);
    expect(() => records.check()).toThrow(/utf-8/);
  });

  it('holds nothing back once a line ended with a carriage return', () => {
    const records = new SseRecords();
    expect(records.push(utf8.encode('data: 1'))).toEqual([]);
    expect(records.hasReturns).toBe(false);
    expect(records.push(utf8.encode('\r\rdata: 2'))).toEqual(['data: 1\r\rdata: 2']);
    expect(records.hasReturns).toBe(true);
    expect(records.push(utf8.encode('\n\ndata: 3'))).toEqual(['\n\ndata: 3']);
  });
});
