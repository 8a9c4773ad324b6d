import type { JsonSchema } from '../json-schema.js';
import type { OpenApiDocument, OpenApiResponse, Operation } from '../document.js';
import type { MediaType } from '../media.js';
import { html, prose, type Html } from './html.js';
import { page } from './page.js';
import { fieldTable, schemaAnchor, typeOf } from './schema-html.js';

const EXAMPLE = `curl -N http://localhost:3000/api/chat/completions \\
  -H 'content-type: application/json' \\
  -d '{"model_name": "demo", "user_prompt": "Hello"}'`;

interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

/** The document as a page for people. */
export function docsPage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const { info, tags, components } = document;
  return page(
    'Millrace API',
    html`
      <header>
        <h1>Millrace API</h1>
        <p>${info.description}</p>
        <p>
          Version ${info.version} · <a href="/openapi.json">openapi.json</a> ·
          <a href="/openapi-3.2.json">openapi-3.2.json</a> · <a href="/schemas">event schemas</a> ·
          <a href="/errors">error codes</a> ·
          <a href="/">the chat</a>
        </p>
        <pre>${EXAMPLE}</pre>
      </header>
      <div class="columns">
        <nav aria-label="Contents">
          ${tags.map(({ name }) =>
            contents(
              name,
              entries.filter(({ operation }) => operation.tags.includes(name)),
            ),
          )}
          <h2><a href="#schemas">Schemas</a></h2>
        </nav>
        <main>
          ${tags.map(
            ({ name, description }) => html`
              <h2>${name}</h2>
              <p>${description}</p>
              ${entries
                .filter(({ operation }) => operation.tags.includes(name))
                .map((entry) => operationHtml(entry, document))}
            `,
          )}
          <h2 id="schemas">Schemas</h2>
          ${Object.entries(components.schemas).map(schemaHtml)}
        </main>
      </div>
    `,
  );
}

function contents(tag: string, entries: readonly Entry[]): Html {
  const item = ({ method, path, operation }: Entry) => html`
    <li>
      <a href="#${operation.operationId}"><span class="method">${method}</span> ${path}</a>
    </li>
  `;
  return html`
    <h2>${tag}</h2>
    <ul>
      ${entries.map(item)}
    </ul>
  `;
}

function operationHtml({ method, path, operation }: Entry, document: OpenApiDocument): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  return html`
    <section id="${operationId}">
      <h3><span class="method ${method}">${method}</span> <code>${path}</code></h3>
      <p><strong>${summary}.</strong> ${description !== undefined && prose(description)}</p>
      ${
        parameters &&
        html`<h4>Parameters</h4>
          ${parameterTable(parameters, document)}`
      }
      ${
        body &&
        html`<h4>Body</h4>
          <p>${typeOf(body.schema ?? {})}</p>`
      }
      <h4>Answers</h4>
      <table>
        ${Object.entries(responses).map(([status, response]) => responseRow(status, response))}
      </table>
    </section>
  `;
}

function parameterTable(refs: readonly { $ref: string }[], { components }: OpenApiDocument): Html {
  const row = ({ $ref }: { $ref: string }) => {
    const name = $ref.slice($ref.lastIndexOf('/') + 1) as keyof typeof components.parameters;
    const parameter = components.parameters[name];
    return html`
      <tr>
        <td><code>${parameter.name}</code> <span class="optional">${parameter.in}</span></td>
        <td>${prose(parameter.description)}</td>
      </tr>
    `;
  };
  return html`<table>
    ${refs.map(row)}
  </table>`;
}

function responseRow(status: string, { description, content = {}, headers = {} }: OpenApiResponse): Html {
  const media = Object.entries(content);
  const names = Object.keys(headers);
  return html`
    <tr>
      <td><code>${status}</code></td>
      <td>
        ${media.some(([type]) => type === 'application/problem+json') ? codeLinks(media) : prose(description)}
        ${media
          .filter(([type]) => type !== 'application/problem+json')
          .map(
            ([type, { schema }]) =>
              html`<p><span class="optional">${type}</span> ${typeOf(schema ?? {})}</p>`,
          )}
        ${names.length > 0 && html`<p><span class="optional">headers</span> <code>${names.join(', ')}</code></p>`}
      </td>
    </tr>
  `;
}

/** The codes of a problem, each leading to its explanation. */
function codeLinks(media: readonly (readonly [string, MediaType])[]): Html {
  const codes = media.flatMap(([, { schema }]) => (schema?.['allOf'] as JsonSchema[] | undefined) ?? []);
  const names = codes.flatMap(({ properties }) => properties?.['code']?.enum ?? []) as string[];
  return html`${names.map((name, index) => html`${index > 0 && ', '}<a href="/errors#${name}"><code>${name}</code></a>`)}`;
}

function schemaHtml([name, schema]: [string, JsonSchema]): Html {
  return html`
    <section id="${schemaAnchor(name)}">
      <h3>${name}</h3>
      ${schema.description !== undefined && html`<p>${prose(schema.description)}</p>`} ${fieldTable(schema)}
    </section>
  `;
}
