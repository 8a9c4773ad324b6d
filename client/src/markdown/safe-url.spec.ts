import { safeUrl } from './safe-url.js';

describe('safeUrl', () => {
  it.each([
    ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['HTTP://example.com', 'HTTP://example.com'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    // They lead nowhere, but their scheme is right.
    ['https://a b', 'https://a%20b'],
    ['https://a:99999', 'https://a:99999'],
    ['/relative', '/relative'],
    ['relative/中', 'relative/%E4%B8%AD'],
    ['#fragment', '#fragment'],
    ['?query', '?query'],
    ['', ''],
    ['/a%20b', '/a%20b'],
    ['javascript&colon;x', 'javascript&colon;x'],
  ])('%j becomes %j', (href, expected) => {
    expect(safeUrl(href)).toBe(expected);
  });

  it.each([
    'javascript:x',
    'JaVaScRiPt:x',
    ' javascript:x',
    '\u0001javascript:x',
    'java\nscript:x',
    'java\tscript:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.com/x',
    'ftp://example.com',
    'https://',
    '/\ud800',
  ])('%j becomes no link', (href) => {
    expect(safeUrl(href)).toBeUndefined();
  });
});
