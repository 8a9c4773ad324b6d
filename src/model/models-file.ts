import { z } from 'zod';
import { modelConfig } from './model-config.js';
import type { ModelConfig } from './model-config.js';

const modelsFile = z.union([z.array(z.unknown()), z.object({ models: z.array(z.unknown()) })]);
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the text of a models file: a list of models, or `{"models": [...]}`. In `api_key`, `base_url` and the values of
 * `extra_headers`, `${NAME}` is replaced by that environment variable.
 *
 * Throws an Error that names the file, the entry and the field, and never shows a value, because values are secrets.
 */
export function parseModelsFile(text: string, file: string, env: Environment): ModelConfig[] {
  const entries = modelsFile.safeParse(parseJson(text, file));
  if (!entries.success) throw new Error(`${file}: must be a list of models or {"models": [...]}`);
  const list = Array.isArray(entries.data) ? entries.data : entries.data.models;
  if (list.length === 0) throw new Error(`${file}: has no models`);

  const models = list.map((entry, index) => parseEntry(entry, `${file}: entry ${index + 1}`, env));
  const names = new Set<string>();
  for (const { name } of models) {
    if (names.has(name)) throw new Error(`${file}: the name "${name}" is used twice`);
    names.add(name);
  }
  return models;
}

function parseEntry(entry: unknown, place: string, env: Environment): ModelConfig {
  const name = (entry as { name?: unknown } | null)?.name;
  const where = typeof name === 'string' ? `${place} ("${name}")` : place;
  const result = modelConfig.safeParse(withVariables(entry, where, env));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${where}: ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(faults.join('\n'));
}

function withVariables(entry: unknown, where: string, env: Environment): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const replaced: Record<string, unknown> = { ...entry };
  const replace = (value: unknown, field: string): unknown =>
    typeof value !== 'string'
      ? value
      : value.replace(VARIABLE, (_, name: string) => {
          const found = env[name];
          if (found) return found;
          throw new Error(`${where}: ${field}: the environment variable ${name} is not set`);
        });

  for (const field of ['api_key', 'base_url']) {
    if (field in replaced) replaced[field] = replace(replaced[field], field);
  }
  const headers = replaced['extra_headers'];
  if (typeof headers === 'object' && headers !== null) {
    replaced['extra_headers'] = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, replace(value, `extra_headers.${name}`)]),
    );
  }
  return replaced;
}

/** The parser's own message quotes the text around the fault, which may be a key. */
function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0];
    throw new Error(`${file}: is not valid JSON${place ? ` ${place}` : ''}`);
  }
}
