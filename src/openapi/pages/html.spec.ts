import { html, prose } from './html.js';

describe('html', () => {
  it('escapes every text, in content and in attributes', () => {
    const text = `<script>alert("1")</script> & 'x'`;
    expect(html`<p title="${text}">${text}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;</p>',
    );
  });

  it('nests and joins without escaping twice', () => {
    const items = ['a', '<b>'].map((item) => html`<i>${item}</i>`);
    expect(html`<b>${items}</b>${undefined}${false}${0}`.text).toBe('<b><i>a</i><i>&lt;b&gt;</i></b>0');
  });

  it('sets code between backticks', () => {
    expect(prose('Use `a<b>`, or not.').text).toBe('Use <code>a&lt;b&gt;</code>, or not.');
  });
});
