import { demoIntent } from './intent.js';

describe('demoIntent', () => {
  it.each([
    ['What time is it?', true],
    ["what's the time in Berlin", true],
    ['tell me the current time', true],
    ["today's date please", true],
    ['现在几点了？', true],
    ['今天几号', true],
    ['how does a timer work', false],
    ['hello', false],
    ['sometimes I wonder', false],
  ])('finds in “%s” a question for the time: %s', (prompt, expected) => {
    expect(demoIntent(prompt).wantsTime).toBe(expected);
  });

  it.each([
    ['time in Tokyo', 'Asia/Tokyo'],
    ['北京现在几点', 'Asia/Shanghai'],
    ['time in Europe/Zurich', 'Europe/Zurich'],
    ['time in America/New_York', 'America/New_York'],
    ['time', undefined],
  ])('finds in “%s” the zone %s', (prompt, zone) => expect(demoIntent(prompt).timeZone).toBe(zone));

  it.each([
    ['what is 12 * 7?', '12 * 7'],
    ['2+2', '2+2'],
    ['what is (12.5 + 3) * 2^10', '(12.5 + 3) * 2^10'],
    ['12 × (3 + 4) ÷ 2 please', '12 * (3 + 4) / 2'],
    ['3 plus 4 times 5', '3 + 4 * 5'],
    ['the sum of 1, 2 and 3.5', '1 + 2 + 3.5'],
    ['add 3 and 4', '3 + 4'],
    ['12 乘以 7 等于多少', '12 * 7'],
    ['3加4', '3 + 4'],
    ['3 和 4 的和', '3 + 4'],
    ['-3 + 5', '-3 + 5'],
    ['(1 + 2', undefined],
    ['on 2026-11-22 at 10', undefined],
    ['I have 3 cats and 4 dogs', undefined],
    ['chapter 12', undefined],
    ['- 12 items', undefined],
    ['hello', undefined],
  ])('finds in “%s” the calculation %s', (prompt, expression) => {
    const found = demoIntent(prompt).expression;
    expect(found?.replace(/\s/g, '')).toBe(expression?.replace(/\s/g, ''));
  });

  it.each([
    ['write a long answer', true],
    ['请详细说明', true],
    ['写一个长回答', true],
    ['so long', false],
  ])('finds in “%s” a wish for length: %s', (prompt, expected) => {
    expect(demoIntent(prompt).wantsLong).toBe(expected);
  });

  it.each([
    ['hello', 'en'],
    ['', 'en'],
    ['你好', 'zh'],
    ['用 Python 写一个排序', 'zh'],
    ['what does 你好 mean in English', 'en'],
  ])('takes “%s” for %s', (prompt, language) => expect(demoIntent(prompt).language).toBe(language));

  it('reads hostile prompts quickly', () => {
    for (const piece of ['(', '1 ', '1+', 'a', '加', '1,', ' ']) {
      expect(demoIntent(piece.repeat(262_144 / piece.length))).toBeDefined();
    }
  });
});
