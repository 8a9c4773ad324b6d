import { decodeEntities } from './entities.js';

describe('decodeEntities', () => {
  it.each([
    ['a &amp; b', 'a & b'],
    ['&lt;b&gt; &quot;&apos;', '<b> "\''],
    ['&copy;&nbsp;&yuml;', '©\u00a0ÿ'],
    ['&alpha;&Omega;&sigmaf;&Sigma;', 'αΩςΣ'],
    ['&hellip;&rarr;&diams;', '…→♦'],
    ['&#65;&#x42;&#X43;', 'ABC'],
    ['&#128512;', '😀'],
    ['&#0;&#xd800;&#1114112;', '\ufffd\ufffd\ufffd'],
    ['&amp;lt;', '&lt;'],
    ['&nosuch; &amp &; &#; &#x;', '&nosuch; &amp &; &#; &#x;'],
    ['&constructor; &toString;', '&constructor; &toString;'],
  ])('%j becomes %j', (text, expected) => {
    expect(decodeEntities(text)).toBe(expected);
  });
});
