import type { JsonSchema } from '../json-schema.js';
import { html, prose, type Html } from './html.js';

/** The anchor of a component on the page. */
export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

/** A schema in a few words: its type, its values, or a link to the component that it refers to. */
export function typeOf(schema: JsonSchema): Html {
  if (schema.$ref !== undefined) return schemaLink(schema.$ref);
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return joined(choices.map(typeOf));
  if (schema.type === 'array') return html`array of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (schema.properties) return html`object ${fieldList(schema)}`;
  const { additionalProperties } = schema;
  if (schema.type === 'object' && isSchema(additionalProperties))
    return html`map of ${typeOf(additionalProperties)}`;
  return html`${[schema.type ?? 'anything'].flat().join(' or ')}${limits(schema)}`;
}

/** The fields of an object as a table. */
export function fieldTable(schema: JsonSchema): Html {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return html`<p>${typeOf(schema)}</p>`;
  const row = ([name, field]: [string, JsonSchema]) => html`
    <tr>
      <td>
        <code>${name}</code
        >${!schema.required?.includes(name) && html`<span class="optional"> optional</span>`}
      </td>
      <td>${typeOf(field)}${field.description !== undefined && html`<p>${prose(field.description)}</p>`}</td>
    </tr>
  `;
  return html`<table>
    ${fields.map(row)}
  </table>`;
}

function fieldList(schema: JsonSchema): Html {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return html`without fields`;
  return html`<ul>
    ${fields.map(([name, field]) => html`<li><code>${name}</code> ${typeOf(field)}</li>`)}
  </ul>`;
}

function schemaLink(ref: string): Html {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
}

function joined(parts: readonly Html[]): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html` or ${part}`))}`;
}

function limits({ maxLength, minimum, maxItems, pattern, default: preset }: JsonSchema): Html {
  const facts = [
    typeof maxLength === 'number' && `at most ${maxLength} characters`,
    typeof minimum === 'number' && minimum !== 0 && `from ${minimum}`,
    typeof maxItems === 'number' && `at most ${maxItems}`,
    typeof pattern === 'string' && `matches ${pattern}`,
    preset !== undefined && `default ${JSON.stringify(preset)}`,
  ].filter((fact) => fact !== false);
  return facts.length > 0 ? html`<span class="limits">, ${facts.join(', ')}</span>` : html``;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
