/** Text that is HTML already. Made by `html` only, so that what it holds was escaped. */
export class Html {
  private constructor(readonly text: string) {}

  static trusted(text: string): Html {
    return new Html(text);
  }
}

export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

/** A template whose values are escaped, unless they are Html; lists are joined, `undefined` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  const text = strings.reduce((before, string, index) => before + write(values[index - 1]) + string);
  return Html.trusted(text);
}

function write(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(write).join('');
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (one) => ENTITIES[one]!);
}

/** Prose in which `code` stands between backticks. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
