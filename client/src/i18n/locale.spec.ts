import { en } from './en.js';
import { ageOf, formatDuration, formatWhen } from './format.js';
import { chooseLocale, pick, t } from './locale.js';
import { panelsEn } from './panels-en.js';
import { panelsZh } from './panels-zh.js';
import { studioEn } from './studio-en.js';
import { studioZh } from './studio-zh.js';
import { zh } from './zh.js';

afterEach(() => chooseLocale('en'));

describe('[UI-04] dictionaries', () => {
  it.each([
    ['the page', en, zh],
    ['the panels', panelsEn, panelsZh],
    ['the studio', studioEn, studioZh],
  ])('of %s have the same keys and the same parameters, and no text is empty', (_name, english, chinese) => {
    const parameters = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const translated = new Map<string, string>(Object.entries(chinese));
    expect([...translated.keys()].sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      const other = translated.get(key) ?? '';
      expect([key, parameters(other)]).toEqual([key, parameters(text)]);
      expect(other.trim()).not.toBe('');
    }
  });

  it('name the controls as the contract says', () => {
    expect([en.message, en.send, en.stop]).toEqual(['Message', 'Send', 'Stop']);
    expect([zh.message, zh.send, zh.stop]).toEqual(['消息', '发送', '停止']);
  });
});

describe('locale', () => {
  it.each([
    [['zh-CN', 'en'], 'zh'],
    [['zh-Hant-TW'], 'zh'],
    [['fr', 'en-GB'], 'en'],
    [['de'], 'en'],
    [[], 'en'],
  ])('picks from %j', (languages, expected) => {
    expect(pick(languages)).toBe(expected);
  });

  it('puts parameters into the text, whatever they contain', async () => {
    await chooseLocale('en');
    expect(t('statusTool', { tool: '$& {tool}' })).toBe('Running the tool $& {tool}');
    await chooseLocale('zh');
    expect(t('statusTool', { tool: 'clock' })).toBe('正在运行工具 clock');
  });

  it('lets the last of two choices count', async () => {
    await Promise.all([chooseLocale('zh'), chooseLocale('en')]);
    expect(t('send')).toBe('Send');
  });
});

describe('format', () => {
  it.each([
    [4, '4 ms'],
    [999.4, '999 ms'],
    [1_000, '1 s'],
    [3_240, '3.2 s'],
    [59_400, '59 s'],
    [125_000, '2 min 5 s'],
  ])('writes %i ms as %s', async (ms, text) => {
    await chooseLocale('en');
    expect(formatDuration(ms)).toBe(text);
  });

  it('sorts times by calendar day', () => {
    const now = new Date(2026, 10, 22, 9, 30).getTime();
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
    expect(ageOf(at(22, 0), now)).toBe('today');
    expect(ageOf(at(21, 23), now)).toBe('yesterday');
    expect(ageOf(at(20, 23), now)).toBe('previousWeek');
    expect(ageOf(at(15, 0), now)).toBe('previousWeek');
    expect(ageOf(at(14, 23), now)).toBe('older');
    expect(ageOf(Number.NaN, now)).toBe('today');
  });

  it('writes the clock for today and the day for the past', async () => {
    await chooseLocale('en');
    const now = new Date(2026, 10, 22, 9, 30).getTime();
    expect(formatWhen(new Date(2026, 10, 22, 8, 5).getTime(), now)).toMatch(/^8:05/);
    expect(formatWhen(new Date(2026, 9, 3).getTime(), now)).toBe('Oct 3');
    expect(formatWhen(new Date(2025, 9, 3).getTime(), now)).toBe('Oct 3, 2025');
    expect(formatWhen(Number.NaN, now)).toBe('');
  });
});
