import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  keepsTime,
  outcomeOf,
  type Outcome,
  type WrittenDialect,
} from '../../../test/support/dialect-losses.js';
import { eventFields } from '../../protocol/event-fields.js';
import type { RunEventType } from '../../protocol/run-event.js';
import { agUiDialect } from './ag-ui/ag-ui-dialect.js';
import { aiSdkDialect } from './ai-sdk/ai-sdk-dialect.js';
import { nativeDialect } from './native/native-dialect.js';
import { openAiDialect } from './openai/openai-dialect.js';

const PAGE = resolve(import.meta.dirname, '../../../docs/clients.md');
const types = Object.keys(eventFields) as RunEventType[];

type Chunk = {
  error?: unknown;
  usage?: unknown;
  choices?: { delta: object; logprobs?: unknown; finish_reason: string | null }[];
};
const nameOfType = ({ type }: Record<string, unknown>) => [String(type)];
const dialects: Record<string, WrittenDialect> = {
  OpenAI: {
    encoder: () => openAiDialect({ includeUsage: true }).encoder(),
    nameOf({ error, usage, choices = [] }: Chunk) {
      const names = choices.flatMap(({ delta, logprobs, finish_reason }) => [
        ...Object.keys(delta),
        ...(logprobs ? ['logprobs'] : []),
        ...(finish_reason === null ? [] : ['finish_reason']),
      ]);
      return [...names, ...(error ? ['error'] : []), ...(usage ? ['usage'] : [])];
    },
  },
  'AI SDK': { encoder: () => aiSdkDialect().encoder(), nameOf: nameOfType },
  'AG-UI': { encoder: () => agUiDialect().encoder(), nameOf: nameOfType },
};

/** `WRITE_DOCS=1 npm test -- --testPathPatterns losses` writes the table into the page. */
test('[API-05] docs/clients.md tells what each dialect shows and loses of every event', () => {
  const rows = types.map((type) => {
    const cells = Object.values(dialects).map((dialect) => cellOf(type, outcomeOf(type, dialect)));
    return `| \`${type}\` | ${cells.join(' | ')} |`;
  });
  const times = Object.values(dialects).map((dialect) => (keepsTime(dialect) ? 'kept' : '–'));
  rows.unshift(`| \`ts\` of any event | ${times.join(' | ')} |`);
  const head = ['event', ...Object.keys(dialects)];
  const table = [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  const [before, written, after] = page.split(/(<!-- losses -->\n[^]*<!-- end of losses -->)/);
  const marked = `<!-- losses -->\n${table}\n<!-- end of losses -->`;
  if (process.env['WRITE_DOCS']) writeFileSync(PAGE, `${before}${marked}${after}`);
  else expect(written).toBe(marked);
});

test('[API-05] the native dialect loses nothing', () => {
  const native: WrittenDialect = { encoder: () => nativeDialect.encoder(), nameOf: () => [] };
  for (const type of types) expect({ type, ...outcomeOf(type, native) }).toMatchObject({ type, lost: [] });
});

function cellOf(type: RunEventType, { shownAs, lost }: Outcome): string {
  if (shownAs.length === 0) return '–';
  const names = shownAs.map((name) => `\`${name}\``).join(', ');
  const fields = Object.keys(eventFields[type]);
  const ids = fields.filter((field) => /_ids?$/.test(field));
  const allIds = ids.length > 1 && ids.every((id) => lost.includes(id));
  const rest = allIds ? lost.filter((field) => !ids.includes(field)) : lost;
  const without = [...(allIds ? ['all ids'] : []), ...rest.map((field) => `\`${field}\``)];
  return without.length === 0 ? names : `${names}; without ${without.join(', ')}`;
}
