import { readFileSync } from 'node:fs';
import { openAiChatRequest, PASSED_ON } from './chat-completion-request.js';

const page = readFileSync('docs/clients.md', 'utf8');
const table = page.slice(page.indexOf('### What becomes of each field'), page.indexOf('### The answer'));
const rows = [...table.matchAll(/^\| (`[^|]+) \| ([^|]+)/gm)].map(([, names, words]) => ({
  names: [...names!.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!),
  words: words!,
}));

describe('docs/clients.md', () => {
  test('[OAI-02] says of each field, once, what becomes of it', () => {
    expect(rows.flatMap(({ names }) => names).toSorted()).toEqual(
      Object.keys(openAiChatRequest.shape).toSorted(),
    );
  });

  test('[OAI-02] says of those that are passed on that they are', () => {
    const passedOn = rows.filter(({ words }) => words.startsWith('passed on')).flatMap(({ names }) => names);
    expect(passedOn.toSorted()).toEqual(PASSED_ON.toSorted());
  });
});
