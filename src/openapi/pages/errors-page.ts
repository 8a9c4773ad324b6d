import { errorKinds } from '../../protocol/error-code.js';
import { html, prose } from './html.js';
import { page } from './page.js';

/** Where the `type` of a problem leads: every code with its status and its text. */
export function errorsPage(): string {
  const rows = Object.entries(errorKinds).map(
    ([code, { status, retryable, text }]) => html`
      <tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status === 200 ? 'a warning' : status}</td>
        <td>${retryable ? 'yes' : 'no'}</td>
        <td>${prose(text)}</td>
      </tr>
    `,
  );
  return page(
    'Millrace error codes',
    html`
      <header>
        <h1>Error codes</h1>
        <p>
          Each problem and each failed run carries one of these codes. Decide by the code; the text of
          <code>detail</code> is for people. <a href="/docs">The API</a>
        </p>
      </header>
      <main>
        <table>
          <thead>
            <tr>
              <th>code</th>
              <th>status</th>
              <th>retryable</th>
              <th>what it means</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </main>
    `,
  );
}
