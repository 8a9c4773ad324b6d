import { createHash } from 'node:crypto';

/** What OpenAI-compatible providers accept as the name of a function; some want a letter or `_` first. */
const MAX_LENGTH = 64;

/**
 * The names under which the model sees tools: `server__tool`, `[A-Za-z_][A-Za-z0-9_-]{0,63}`, each of them once. Characters
 * that do not fit become `_`; a name that is too long or taken ends in a hash of what it stands for. The result is in the order
 * of the input, and the same for the same input.
 */
export function toolNames(tools: readonly { server: string; tool: string }[]): string[] {
  return uniqueNames(
    tools.map(({ server, tool }) => ({
      plain: `${safePart(server)}__${safePart(tool)}`,
      of: `${server}\0${tool}`,
    })),
  );
}

/** The same for functions that begin with a word of ours: `transfer_to_editor`. */
export function functionNames(functions: readonly { prefix: string; name: string }[]): string[] {
  return uniqueNames(functions.map(({ prefix, name }) => ({ plain: prefix + safePart(name), of: name })));
}

/** `of` is what a name stands for; it tells apart those that look the same. */
function uniqueNames(names: readonly { plain: string; of: string }[]): string[] {
  const taken = new Set<string>();
  return names.map(({ plain, of }) => {
    const wanted = withLetterFirst(plain);
    const name = wanted.length > MAX_LENGTH || taken.has(wanted) ? withHash(wanted, of, taken) : wanted;
    taken.add(name);
    return name;
  });
}

function safePart(text: string): string {
  const safe = text.replace(/[^A-Za-z0-9_-]+/g, '_');
  // A name in another script would be nothing but underscores.
  return /[A-Za-z0-9]/.test(safe) ? safe : `x${hash(text).slice(0, 6)}`;
}

function withLetterFirst(name: string): string {
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

function withHash(plain: string, of: string, taken: ReadonlySet<string>): string {
  for (let salt = 0; ; salt += 1) {
    const suffix = `_${hash(`${of}\0${salt}`).slice(0, 8)}`;
    const name = plain.slice(0, MAX_LENGTH - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
