import { expect, test } from 'vitest';
import { html } from './html.js';

test('escapes inserted values that are not markup', () => {
  const hostile = `"><script>alert('1')</script>&`;
  expect(html`<a title="${hostile}">${hostile}</a>`.text).toBe(
    '<a title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</a>',
  );
  const items = ['a', 'b'].map((item) => html`<li>${item}</li>`);
  expect(html`${items}`.text).toBe('<li>a</li><li>b</li>');
  expect(html`${null}${undefined}${false}${0}`.text).toBe('0');
});
