import fc from 'fast-check';
import { ada, addTurn, eve, toolCall } from '../../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { RunStore } from '../../run/run.store.js';
import { ConversationList } from '../conversation-list.js';
import { ConversationStore } from '../conversation.store.js';
import { readListQuery } from '../list-query.js';
import type { StoredMessage } from '../stored-message.js';
import { archive, type Archive } from './archive.js';
import { ConversationExport } from './conversation-export.js';
import { ConversationImport } from './conversation-import.js';
import { exportMarkdown } from './export-markdown.js';
import { anyCharacter } from '../../protocol/text.arbitrary.js';

const anyText = fc.string({ unit: anyCharacter, maxLength: 40 });
const anyMessage: fc.Arbitrary<StoredMessage> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), content: anyText }),
  fc.record({ role: fc.constant('assistant' as const), content: anyText, reasoning_content: anyText }),
  anyText.map((content) => toolCall('a', content)[1]!),
  anyText.map((name) => ({
    role: 'assistant' as const,
    content: '',
    tool_calls: [{ id: 'a', type: 'function' as const, function: { name: `n${name}`, arguments: name } }],
  })),
);

describeOnEachDatabase('Export and import', (databases) => {
  it('bring back the same conversation, under another id', async () => {
    const db = await databases.open();
    const exporter = new ConversationExport(new ConversationStore(db), db);
    const importer = new ConversationImport(db);
    let conversations = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyMessage, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        async (rounds) => {
          conversations += 1;
          const id = `c${conversations}`;
          for (const answers of rounds) await addTurn(db, id, { question: '几点了？', answers });
          await new ConversationStore(db).setTags(ada, id, ['time', '海']);
          const exported = await exporter.archive(ada, id);

          const sent: unknown = JSON.parse(JSON.stringify(exported));
          const copy = await importer.import(eve, archive.parse(sent));
          expect(await exporter.archive(eve, copy)).toEqual(exported);
          const [original, copied] = await Promise.all([
            new ConversationStore(db).rounds(ada, id),
            new ConversationStore(db).rounds(eve, copy),
          ]);
          expect(copied.map(({ messages }) => messages)).toEqual(original.map(({ messages }) => messages));
          await expect(exporter.archive(ada, copy)).rejects.toMatchObject({ code: 'conversation_not_found' });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('bring back what can be searched, continued and read as a run', async () => {
    const db = await databases.open();
    await addTurn(db, 'c', { question: 'Where is the SEA?' });
    await addTurn(db, 'c', { unfinished: true });
    const exporter = new ConversationExport(new ConversationStore(db), db);
    const document = await exporter.archive(ada, 'c');
    expect(document.rounds.map(({ state }) => state)).toEqual(['completed', 'interrupted']);

    const id = await new ConversationImport(db).import(eve, document);
    const found = await new ConversationList(db).page(eve, readListQuery({ q: 'the sea' }));
    expect(found.conversations).toMatchObject([
      { id, round_count: 2, prompt_tokens: 2, completion_tokens: 3 },
    ]);
    const [first, second] = await new ConversationStore(db).rounds(eve, id);
    const run = await new RunStore(db).find(eve, second!.run_id);
    expect(run).toMatchObject({ state: 'interrupted', conversation_id: id, last_seq: 1 });
    expect(JSON.parse(run!.terminal!)).toMatchObject({ type: 'run.interrupted', code: 'run_interrupted' });
    expect(first!.run_id).not.toBe(second!.run_id);
    await addTurn(db, id, { owner: eve, question: 'And now?' });
    expect(await new ConversationStore(db).find(eve, id)).toMatchObject({
      round_count: 3,
      title: 'Where is the SEA?',
    });
  });

  it('[CONV-01] bring back every branch, and which one is current', async () => {
    const db = await databases.open();
    const exporter = new ConversationExport(new ConversationStore(db), db);
    const first = await addTurn(db, 'c', { question: 'one' });
    await addTurn(db, 'c', { question: 'two' });
    const other = await addTurn(db, 'c', { question: 'another two', after: first });
    await addTurn(db, 'c', { question: 'three', after: other, neverStarted: true });
    await addTurn(db, 'c', { question: 'another one', after: null });
    await new ConversationStore(db).selectBranch(ada, 'c', other);

    const exported = await exporter.archive(ada, 'c');
    expect(exported.rounds.map(({ after, started }) => [after, started])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [1, undefined],
      [undefined, false],
      [null, undefined],
    ]);
    expect(exported.current).toBe(4);
    const markdown = exportMarkdown(exported);
    expect([...markdown.matchAll(/## User\n\n(.*)/g)].map(([, text]) => text)).toEqual([
      'one',
      'another two',
      'three',
    ]);
    const copy = await new ConversationImport(db).import(eve, archive.parse(exported));
    expect(await exporter.archive(eve, copy)).toEqual(exported);
    const shape = (rounds: Awaited<ReturnType<ConversationStore['rounds']>>) =>
      rounds.map(({ round, started, branches, messages }) => [round, started, branches.length, messages]);
    expect(shape(await new ConversationStore(db).rounds(eve, copy))).toEqual(
      shape(await new ConversationStore(db).rounds(ada, 'c')),
    );
  });

  it('refuse graphs and agents', async () => {
    const db = await databases.open();
    await addTurn(db, 'c', { type: 'agent' });
    const exporter = new ConversationExport(new ConversationStore(db), db);
    await expect(exporter.archive(ada, 'c')).rejects.toMatchObject({ code: 'wrong_conversation_type' });
  });
});

describe('the archive', () => {
  const document = (): Archive => ({
    format: 'millrace.conversation',
    version: 1,
    conversation: {
      title: 'A walk',
      type: 'chat',
      status: 'active',
      tags: ['sea'],
      created_at: '2026-11-22T10:00:00.000Z',
      updated_at: '2026-11-22T11:00:00.000Z',
      prompt_tokens: 1,
      completion_tokens: 2,
    },
    rounds: [
      {
        created_at: '2026-11-22T10:00:00.000Z',
        model: 'plain',
        state: 'completed',
        messages: [{ role: 'user', content: 'Hi' }],
      },
    ],
  });
  const conversation = (change: object) => ({
    ...document(),
    conversation: { ...document().conversation, ...change },
  });
  const message = (change: object) => ({
    ...document(),
    rounds: [{ ...document().rounds[0], messages: [change] }],
  });

  it.each([
    ['another version', { ...document(), version: 2 }],
    ['an unknown field', { ...document(), more: 1 }],
    ['an unknown field within', conversation({ user_id: 'x' })],
    ['a graph', conversation({ type: 'graph' })],
    ['a blank title', conversation({ title: ' \0' })],
    ['a long title', conversation({ title: 'x'.repeat(101) })],
    ['a long tag', conversation({ tags: ['x'.repeat(21)] })],
    ['too many tags', conversation({ tags: Array(11).fill('a') })],
    ['a time without a zone', conversation({ created_at: '2026-11-22T10:00:00' })],
    ['negative tokens', conversation({ prompt_tokens: -1 })],
    ['tokens beyond what a number holds', conversation({ prompt_tokens: 2 ** 60 })],
    ['a system message', message({ role: 'system', content: 'x' })],
    [
      'a call without a name',
      message({
        ...toolCall('a', '')[0],
        tool_calls: [{ id: 'a', type: 'function', function: { name: '', arguments: '' } }],
      }),
    ],
    ['an unknown field of a message', message({ role: 'user', content: 'x', name: 'y' })],
    ['a state that is no end', { ...document(), rounds: [{ ...document().rounds[0], state: 'running' }] }],
    ['a round that follows itself', { ...document(), rounds: [{ ...document().rounds[0], after: 1 }] }],
    ['a round that follows nothing', { ...document(), rounds: [{ ...document().rounds[0], after: 0 }] }],
    ['a current round that is not there', { ...document(), current: 2 }],
    ['too many rounds', { ...document(), rounds: Array(5001).fill(document().rounds[0]) }],
  ])('refuses %s', (_name, value) => {
    expect(archive.safeParse(document()).success).toBe(true);
    expect(archive.safeParse(value).success).toBe(false);
  });
});

describe('exportMarkdown', () => {
  it('writes who said what, with fences that hold what they fence', () => {
    const rounds: Archive['rounds'] = [
      {
        created_at: '2026-11-22T10:00:00.000Z',
        model: 'plain',
        state: 'cancelled',
        messages: [
          { role: 'user', content: 'Look\n# at this' },
          {
            ...toolCall('a', '')[0]!,
            content: 'I look.',
            reasoning_content: 'Should I?\n\nYes.',
          } as StoredMessage,
          { role: 'tool', tool_call_id: 'a', content: 'seen ```` there', status: 'ok' },
        ],
      },
    ];
    const text = exportMarkdown({
      format: 'millrace.conversation',
      version: 1,
      conversation: {
        title: 'A\nwalk',
        type: 'chat',
        status: 'active',
        tags: ['sea', 'a`b'],
        created_at: '2026-11-22T10:00:00.000Z',
        updated_at: '2026-11-22T10:00:00.000Z',
        prompt_tokens: 0,
        completion_tokens: 0,
      },
      rounds,
    });
    expect(text.split('\n\n')).toEqual([
      '# A walk',
      "2026-11-22 · `sea` · `a'b`",
      '## User',
      'Look\n# at this',
      '## Assistant (plain)',
      '> Should I?\n>\n> Yes.',
      'I look.',
      '**Call** `look`',
      '```json\n{}\n```',
      '**Result** (ok)',
      '`````\nseen ```` there\n`````',
      '*(cancelled)*\n',
    ]);
  });
});
